-- What `vim.lsp.enable('pairwright')` starts. Neovim merges `vim.lsp.config('pairwright', {…})` over it.
return require('pairwright.config').lsp_config()
