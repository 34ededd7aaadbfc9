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
  local config = {
    name = 'lead',
    cmd = options.cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ':t') } },
    settings = { lead = options.settings },
    init_options = options.settings,
    on_attach = options.on_attach,
    capabilities = options.capabilities or vim.lsp.protocol.make_client_capabilities(),
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
