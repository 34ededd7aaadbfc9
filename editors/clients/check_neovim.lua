-- Neovim with the language server: findings, hover, completion, definition, rename, layout. Ends with 0 if all is as it should be.

local failed = 0
local function check(name, ok, detail)
  if not ok then
    failed = failed + 1
  end
  io.stdout:write(string.format('%s %s%s\n', ok and 'ok  ' or 'FAIL', name, detail and (': ' .. detail) or ''))
end

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
end

-- Puts the cursor on the first `needle` below the first `anchor`.
local function go(anchor, needle)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.fn.search('\\V' .. anchor, 'cW')
  vim.fn.search('\\V' .. needle, 'cW')
end

local function ask(buffer, method, extra)
  local params = vim.tbl_extend('force', vim.lsp.util.make_position_params(0, 'utf-8'), extra or {})
  local replies = vim.lsp.buf_request_sync(buffer, method, params, 10000)
  for _, reply in pairs(replies or {}) do
    return reply.result, reply.error
  end
end

local ok, problem = pcall(function()
  local buffer = vim.api.nvim_get_current_buf()
  vim.cmd('filetype plugin on')
  require('lead').setup({ cmd = { os.getenv('LEAD'), 'lsp' } })
  vim.bo[buffer].filetype = 'lead'
  check('the file type brings the comment sign', vim.bo[buffer].commentstring == '# %s', vim.bo[buffer].commentstring)

  vim.wait(20000, function()
    return #vim.diagnostic.get(buffer) > 0
  end, 20)
  local unknown
  for _, found in ipairs(vim.diagnostic.get(buffer)) do
    if found.message:find('many', 1, true) then
      unknown = found
    end
  end
  check('a finding is shown at its line', unknown and unknown.lnum == 7, unknown and unknown.message)

  go('keen reader when', 'anonymous lead')
  local hover = ask(buffer, 'textDocument/hover')
  local said = hover and hover.contents and (hover.contents.value or vim.inspect(hover.contents)) or ''
  check('hover shows the documentation', said:find('Comes back and reads', 1, true) ~= nil)

  local definition = ask(buffer, 'textDocument/definition')
  local first = definition and (definition[1] or definition)
  local range = first and (first.range or first.targetSelectionRange)
  check('the definition is found', range and range.start.line == 5, range and tostring(range.start.line + 1))

  vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { 'new term when an' })
  vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(buffer), 16 })
  -- The cursor stands behind the last letter.
  local line = vim.api.nvim_buf_line_count(buffer) - 1
  local completion = ask(buffer, 'textDocument/completion', { position = { line = line, character = 16 } })
  local offered = false
  for _, item in ipairs(completion and (completion.items or completion) or {}) do
    offered = offered or item.label == 'anonymous lead'
  end
  check('completion offers a name of several words', offered)
  vim.api.nvim_buf_set_lines(buffer, -2, -1, false, {})

  go('anonymous lead when', 'anonymous')
  vim.lsp.buf.rename('returning reader')
  vim.wait(10000, function()
    return text_of(buffer):find('keen reader when returning reader', 1, true) ~= nil
  end, 20)
  local renamed = text_of(buffer)
  check('rename reaches every use', renamed:find('expect not returning reader', 1, true) ~= nil and not renamed:find('anonymous', 1, true))

  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 10000 })
  else
    vim.lsp.buf.formatting_sync(nil, 10000)
  end
  check('the file is laid out', text_of(buffer):find('\n    "nurture" otherwise', 1, true) ~= nil)

  go('returning reader when', 'returning')
  vim.cmd('LeadUnfold')
  local shown = vim.wait(10000, function()
    return vim.api.nvim_get_current_buf() ~= buffer
  end, 20)
  check('a definition is unfolded in a window', shown and text_of(0):find('returning reader', 1, true) ~= nil)
  if shown then
    vim.cmd('close')
  end

  vim.lsp.codelens.refresh()
  local uses
  vim.wait(10000, function()
    for _, lens in ipairs(vim.lsp.codelens.get(buffer)) do
      if lens.command and lens.command.title:find('use') and lens.command.command == 'lead.showReferences' then
        uses = lens
      end
    end
    return uses ~= nil
  end, 20)
  check('a lens tells uses at once', uses ~= nil, uses and uses.command.title)
  if uses then
    vim.api.nvim_win_set_cursor(0, { uses.range.start.line + 1, 0 })
    local client = vim.lsp.get_client_by_id(vim.tbl_keys(vim.lsp.buf_get_clients(buffer))[1])
    client.config.commands['lead.showReferences'](uses.command, { client_id = client.id, bufnr = buffer })
    local listed = vim.wait(10000, function()
      return #vim.fn.getqflist() > 0
    end, 20)
    check('the places of a lens stand in the quickfix list', listed, tostring(#vim.fn.getqflist()))
    vim.cmd('cclose')
  end

  -- Its name since 0.10, and before.
  local clients = vim.lsp.get_clients or vim.lsp.get_active_clients
  vim.lsp.stop_client(clients())
  local gone = vim.wait(5000, function()
    return next(clients()) == nil
  end, 20)
  check('the server ends when it is told', gone)
end)
check('the script ran to its end', ok, not ok and tostring(problem) or nil)
vim.cmd(failed == 0 and 'qall!' or 'cquit!')
