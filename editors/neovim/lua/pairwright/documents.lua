--- Owns the scratch buffers that show documents of the server.
--- It must not know which command made a document, only how to run it again.

local M = {}

---@class pairwright.Document
---@field uri string in the scheme `pairwright:`
---@field title string
---@field language string an LSP language identifier
---@field text string

---@class pairwright.Shown
---@field client_id integer
---@field roots string[] folders that relative links are looked up in
---@field refresh? fun() runs the command that made the document again

---@type table<string, pairwright.Shown> by document URI
local shown = {}

---@param client vim.lsp.Client
---@return string[]
local function roots_of(client)
  local roots = {}
  for _, folder in ipairs(client.workspace_folders or {}) do
    roots[#roots + 1] = vim.uri_to_fname(folder.uri)
  end
  return roots
end

---@param bufnr integer
---@param text string
local function set_text(bufnr, text)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split((text:gsub('\n$', '')), '\n', { plain = true }))
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

---@param bufnr integer
---@param language string
local function prepare(bufnr, language)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].undolevels = -1
  local function map(key, action, description)
    vim.keymap.set('n', key, action, { buffer = bufnr, nowait = true, desc = 'Pairwright: ' .. description })
  end
  map('q', '<Cmd>close<CR>', 'close this document')
  map('<CR>', function()
    M.jump()
  end, 'go to the place named here')
  map('R', function()
    local entry = shown[vim.api.nvim_buf_get_name(bufnr)]
    if entry and entry.refresh then
      entry.refresh()
    end
  end, 'make this document again')
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    callback = function(event)
      shown[event.match] = nil
    end,
  })
  vim.bo[bufnr].filetype = language
end

--- A window of this tab page that shows a document already.
---@return integer?
local function document_window()
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local name = vim.api.nvim_buf_get_name(vim.api.nvim_win_get_buf(window))
    if vim.startswith(name, 'pairwright:') then
      return window
    end
  end
  return nil
end

--- The buffer that shows a document, if one does.
---@param uri string
---@return integer?
local function buffer_of(uri)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_get_name(bufnr) == uri then
      return bufnr
    end
  end
  return nil
end

--- Show a document in a split, or anew in the window that has it.
---@param document pairwright.Document
---@param client vim.lsp.Client
---@param refresh? fun() runs the command that made the document again
---@return integer bufnr
function M.show(document, client, refresh)
  local bufnr = buffer_of(document.uri)
  local window = bufnr and vim.fn.bufwinid(bufnr) or -1
  if bufnr and window ~= -1 then
    set_text(bufnr, document.text)
    vim.api.nvim_set_current_win(window)
  else
    if bufnr then
      vim.api.nvim_buf_delete(bufnr, { force = true })
    end
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, document.uri)
    set_text(bufnr, document.text)
    local other = document_window()
    if other then
      vim.api.nvim_set_current_win(other)
    else
      vim.cmd('botright split')
      local lines = vim.api.nvim_buf_line_count(bufnr)
      vim.api.nvim_win_set_height(0, math.min(math.max(lines, 5), math.floor(vim.o.lines / 2)))
    end
    vim.api.nvim_win_set_buf(0, bufnr)
    prepare(bufnr, document.language)
    vim.wo[0][0].number = false
    vim.wo[0][0].relativenumber = false
    vim.wo[0][0].signcolumn = 'no'
    vim.wo[0][0].statusline = ' ' .. document.title:gsub('%%', '%%%%') .. '%=<CR> go to  R refresh  q close '
  end
  shown[document.uri] = { client_id = client.id, roots = roots_of(client), refresh = refresh }
  return bufnr
end

--- Fill a buffer that was opened by a document's name. Servers of LSP 3.18 serve its text.
---@param bufnr integer
---@param uri string
function M.read(bufnr, uri)
  for _, client in ipairs(vim.lsp.get_clients({ name = 'pairwright' })) do
    local response = client:request_sync('workspace/textDocumentContent', { uri = uri }, 2000, bufnr)
    local text = response and response.result and response.result.text
    if text then
      shown[uri] = { client_id = client.id, roots = roots_of(client) }
      set_text(bufnr, text)
      prepare(bufnr, vim.endswith(uri, '.log') and 'log' or 'markdown')
      return
    end
  end
  set_text(bufnr, 'This document is no longer at hand: run its :Pairwright command again.')
  prepare(bufnr, 'markdown')
end

---@class pairwright.Place
---@field path string as written
---@field line integer from 1
---@field column? integer from 1
---@field first integer columns in the line where the link stands, from 1
---@field last integer

--- The links of a line: `path:line`, `path:line:column`, and Markdown targets `file:///path#L12`.
---@param line string
---@return pairwright.Place[]
function M.places(line)
  local found = {}
  for first, path, number, last in line:gmatch('()(file://[^%s)#]+)#L(%d+)()') do
    found[#found + 1] = { path = vim.uri_to_fname(path), line = tonumber(number), first = first, last = last - 1 }
  end
  for first, path, rest, last in line:gmatch('()([^%s`%[%]()<>"\':]+):(%d[%d:]*)()') do
    local number, column = rest:match('^(%d+):?(%d*)')
    found[#found + 1] = {
      path = path,
      line = tonumber(number),
      column = tonumber(column),
      first = first,
      last = last - 1,
    }
  end
  return found
end

---@param path string
---@param roots string[]
---@return string?
local function existing(path, roots)
  if vim.startswith(path, '/') or path:match('^%a:[\\/]') then
    return vim.uv.fs_stat(path) and path or nil
  end
  for _, root in ipairs(roots) do
    local absolute = vim.fs.joinpath(root, path)
    if vim.uv.fs_stat(absolute) then
      return absolute
    end
  end
  return nil
end

--- Go to the place under the cursor, else to the first one of the line, in a window beside the document.
function M.jump()
  local uri = vim.api.nvim_buf_get_name(0)
  local roots = shown[uri] and shown[uri].roots or { vim.fn.getcwd() }
  local column = vim.api.nvim_win_get_cursor(0)[2] + 1
  local target ---@type { path: string, place: pairwright.Place }?
  for _, place in ipairs(M.places(vim.api.nvim_get_current_line())) do
    local path = existing(place.path, roots)
    local under_cursor = place.first <= column and column <= place.last
    if path and (not target or under_cursor) then
      target = { path = path, place = place }
    end
  end
  if not target then
    vim.notify('pairwright: no place is named in this line', vim.log.levels.INFO)
    return
  end
  local here = vim.api.nvim_get_current_win()
  vim.cmd('wincmd p')
  if vim.api.nvim_get_current_win() == here or vim.bo.buftype ~= '' then
    vim.cmd('aboveleft split')
  end
  vim.cmd("normal! m'")
  -- Not `:edit`: it would read a file that is open already from disk again.
  local bufnr = vim.fn.bufadd(target.path)
  vim.bo[bufnr].buflisted = true
  vim.api.nvim_win_set_buf(0, bufnr)
  local line = math.min(target.place.line, vim.api.nvim_buf_line_count(0))
  vim.api.nvim_win_set_cursor(0, { line, math.max((target.place.column or 1) - 1, 0) })
  vim.cmd('normal! zv')
end

return M
