-- Files of the Lead language.
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  pattern = '*.lead',
  callback = function()
    vim.bo.filetype = 'lead'
  end,
})
