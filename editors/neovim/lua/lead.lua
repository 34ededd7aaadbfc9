-- Starts the language server of Lead. Works with Neovim 0.7 and later, without other plugins.

local M = {}

-- What `setup` may change.
M.defaults = {
  -- The command that starts the server.
  cmd = { 'lead', 'lsp' },
  -- Settings of the server; docs/editors.md lists them.
  settings = {},
  -- Called with client and buffer when the server is ready for a buffer.
  on_attach = nil,
  -- What the editor says of itself; completion plugins add to it.
  capabilities = nil,
}

-- The folder of the lexicon: that of the nearest lead.toml, else of the file.
local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local found = vim.fn.findfile('lead.toml', vim.fn.escape(folder, ' ,;') .. ';')
  if found ~= '' then
    return vim.fn.fnamemodify(found, ':p:h')
  end
  return folder
end

-- One server for each folder.
local running = {}

-- What the server may name in lenses, since it is carried out here.
local OWN = { 'lead.showReferences', 'lead.runExamples' }

local function client_of(buffer)
  for _, client in pairs(vim.lsp.buf_get_clients and vim.lsp.buf_get_clients(buffer) or vim.lsp.get_clients({ bufnr = buffer })) do
    if client.name == 'lead' then
      return client
    end
  end
end

-- A text in a window of its own, closed by `q`.
local function show(title, text, language)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n'))
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = language == 'plaintext' and '' or (language or '')
  vim.cmd('belowright split')
  vim.api.nvim_win_set_buf(0, buffer)
  pcall(vim.api.nvim_buf_set_name, buffer, title)
  vim.keymap.set('n', 'q', '<cmd>close<cr>', { buffer = buffer })
end

-- Asks the server for something of a place, and shows it.
local function ask(buffer, command, place)
  local client = client_of(buffer)
  if not client then
    vim.notify('lead: the server does not run for this buffer', vim.log.levels.WARN)
    return
  end
  local params = { command = command, arguments = { place } }
  client.request('workspace/executeCommand', params, function(problem, result)
    if problem then
      vim.notify('lead: ' .. problem.message, vim.log.levels.ERROR)
    elseif not result or result == vim.NIL then
      vim.notify('lead: there is nothing to show here; put the cursor on a definition')
    elseif result.failed == 0 then
      local many = result.passed == 1 and '1 example' or result.passed .. ' examples'
      vim.notify('lead: ' .. (result.passed == 0 and 'no example covers this' or many .. ' passed'))
    else
      show(result.title, result.text, result.language)
    end
  end, buffer)
end

local function place_of(buffer, client)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = vim.uri_from_bufnr(buffer), position = params.position }
end

-- The places that use a name, in the quickfix list.
local function show_references(command, context)
  local place = (command.arguments or {})[1] or {}
  local client = vim.lsp.get_client_by_id(context.client_id)
  local params = {
    textDocument = { uri = place.uri },
    position = place.position,
    context = { includeDeclaration = false },
  }
  client.request('textDocument/references', params, function(problem, found)
    if not problem and found then
      vim.fn.setqflist({}, ' ', { title = command.title, items = vim.lsp.util.locations_to_items(found, client.offset_encoding) })
      vim.cmd('copen')
    end
  end, context.bufnr)
end

-- The commands of a buffer.
local function commands(buffer)
  local function add(name, command, options, more)
    vim.api.nvim_buf_create_user_command(buffer, name, function(given)
      local client = client_of(buffer)
      local place = client and place_of(buffer, client) or {}
      ask(buffer, command, vim.tbl_extend('force', place, more and more(given) or {}))
    end, options)
  end
  add('LeadPlan', 'lead.showPlan', { desc = 'the plan of the definition at the cursor' })
  add('LeadSql', 'lead.showSql', { desc = 'the SQL of the definition at the cursor' })
  add('LeadUnfold', 'lead.unfold', { desc = 'the definition at the cursor with its values written out' })
  add('LeadExamples', 'lead.runExamples', { desc = 'run the examples at the cursor' })
  add('LeadExplain', 'lead.explain', { nargs = 1, desc = 'how the answer for a record comes about' }, function(given)
    return { key = given.args }
  end)
end

-- Connects a buffer with the server of its lexicon; starts it where there is none.
function M.start(buffer, options)
  options = vim.tbl_deep_extend('force', M.defaults, options or {})
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == '' then
    return nil
  end
  if vim.fn.executable(options.cmd[1]) ~= 1 then
    vim.notify_once('lead: the command `' .. options.cmd[1] .. '` was not found; install it or set `cmd`', vim.log.levels.WARN)
    return nil
  end
  local root = root_of(name)
  local capabilities = vim.deepcopy(options.capabilities or vim.lsp.protocol.make_client_capabilities())
  capabilities.experimental = vim.tbl_extend('force', capabilities.experimental or {}, { commands = { commands = OWN } })
  local config = {
    name = 'lead',
    cmd = options.cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ':t') } },
    settings = { lead = options.settings },
    init_options = options.settings,
    on_attach = function(client, attached)
      commands(attached)
      if options.on_attach then
        options.on_attach(client, attached)
      end
    end,
    capabilities = capabilities,
    commands = {
      ['lead.showReferences'] = show_references,
      ['lead.runExamples'] = function(command, context)
        ask(context.bufnr, 'lead.runExamples', command.arguments[1])
      end,
    },
  }
  -- The editor's own search for a running server came with 0.8.
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  local id = running[root]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(config)
    running[root] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

-- Connects every buffer of the language from now on.
function M.setup(options)
  local group = vim.api.nvim_create_augroup('lead', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = 'lead',
    callback = function(event)
      M.start(event.buf or vim.api.nvim_get_current_buf(), options)
    end,
  })
end

return M
