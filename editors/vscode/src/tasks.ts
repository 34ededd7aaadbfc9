// Tasks: `lead check` over a folder, its findings in the Problems view.

import { ProcessExecution, Task, TaskDefinition, TaskGroup, TaskProvider, TaskScope, workspace, WorkspaceFolder } from 'vscode';

import { Server } from './server';

interface LeadTask extends TaskDefinition {
  command: 'check' | 'test' | 'run' | 'fmt';
  path?: string;
  args?: string[];
}

function makeTask(program: string, definition: LeadTask, folder: WorkspaceFolder | undefined): Task {
  const { command, path = '.', args = [] } = definition;
  const format = command === 'check' ? ['--format', 'short'] : [];
  const all = [command, ...format, ...args, path];
  const options = folder === undefined ? {} : { cwd: folder.uri.fsPath };
  const name = path === '.' ? command : `${command} ${path}`;
  const matchers = command === 'check' ? ['$lead'] : [];
  const task = new Task(definition, folder ?? TaskScope.Workspace, name, 'lead', new ProcessExecution(program, all, options), matchers);
  task.group = TaskGroup.Build;
  task.detail = `lead ${all.join(' ')}`;
  return task;
}

/** The check of a whole folder. */
export function checkTask(program: string, folder: WorkspaceFolder): Task {
  return makeTask(program, { type: 'lead', command: 'check' }, folder);
}

export class Tasks implements TaskProvider {
  constructor(private readonly server: Server) {}

  provideTasks(): Task[] {
    const found = this.server.find();
    if (found.kind === 'missing') {
      return [];
    }
    return (workspace.workspaceFolders ?? []).map((folder) => checkTask(found.path, folder));
  }

  resolveTask(task: Task): Task | undefined {
    const found = this.server.find();
    const folder = typeof task.scope === 'object' ? task.scope : workspace.workspaceFolders?.[0];
    return found.kind === 'missing' ? undefined : makeTask(found.path, task.definition as LeadTask, folder);
  }
}
