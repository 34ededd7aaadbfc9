-- Comments and indentation as the formatter lays them out.
vim.bo.commentstring = '# %s'
vim.bo.comments = ':##,:#'
vim.bo.shiftwidth = 4
vim.bo.tabstop = 4
vim.bo.expandtab = true
vim.b.undo_ftplugin = 'setlocal commentstring< comments< shiftwidth< tabstop< expandtab<'
