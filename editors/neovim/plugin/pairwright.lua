-- Defines `:Pairwright`. Everything else loads on first use, so a session without it pays nothing.
if vim.g.loaded_pairwright then
  return
end
vim.g.loaded_pairwright = true

vim.api.nvim_create_user_command('Pairwright', function(args)
  local lines = args.range > 0 and { args.line1, args.line2 } or nil
  require('pairwright.commands').run(args.fargs, lines, args.args)
end, {
  nargs = '*',
  range = true,
  desc = 'Pairwright: review, refactor, search, graph, index, status',
  complete = function(lead, line)
    return require('pairwright.commands').complete(lead, line)
  end,
})

-- A document of the server that is opened by name (a session file, `:edit #`) is fetched again.
vim.api.nvim_create_autocmd('BufReadCmd', {
  group = vim.api.nvim_create_augroup('pairwright.documents', {}),
  pattern = 'pairwright:/*',
  callback = function(event)
    require('pairwright.documents').read(event.buf, event.match)
  end,
})
