--- Owns the scratch buffers that show documents of the server.
--- It must not know which command made a document, only how to run it again.

local M = {}

---@class pairwright.Document
---@field uri string in the scheme `pairwright:`
---@field title string
---@field language string an LSP language identifier
---@field text string

---@class pairwright.Link
---@field row integer from 0
---@field first integer first byte of the label in its line, from 0
---@field last integer byte behind the label
---@field uri string

---@type table<string, fun()> by document URI: runs the command that made it again
local refreshers = {}

---@type table<integer, pairwright.Link[]> by buffer
local links = {}

local namespace = vim.api.nvim_create_namespace('pairwright.links')

--- A document's lines with only the labels of its links to files left, and where those lead.
---
--- Concealing the targets would leave the lines wrapped at their full length.
---@param text string
---@return string[] lines
---@return pairwright.Link[] links
function M.render(text)
  local lines = vim.split((text:gsub('\n$', '')), '\n', { plain = true })
  local found = {} ---@type pairwright.Link[]
  for index, line in ipairs(lines) do
    local parts, length, position = {}, 0, 1
    for first, label, uri, last in line:gmatch('()%[([^%]]+)%]%((file://[^%s)]+)%)()') do
      local before = line:sub(position, first - 1)
      found[#found + 1] = {
        row = index - 1,
        first = length + #before,
        last = length + #before + #label,
        uri = uri,
      }
      vim.list_extend(parts, { before, label })
      length = length + #before + #label
      position = last
    end
    parts[#parts + 1] = line:sub(position)
    lines[index] = table.concat(parts)
  end
  return lines, found
end

---@param bufnr integer
---@param text string
local function set_text(bufnr, text)
  local lines, found = M.render(text)
  links[bufnr] = found
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
  for _, link in ipairs(found) do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, link.row, link.first, {
      end_col = link.last,
      hl_group = '@markup.link.label',
      url = link.uri,
    })
  end
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
  map('q', function()
    if #vim.api.nvim_tabpage_list_wins(0) > 1 then
      vim.cmd.close()
    else
      vim.cmd.enew()
    end
  end, 'close this document')
  map('<CR>', function()
    M.jump()
  end, 'go to the place named here')
  map('R', function()
    local refresh = refreshers[vim.api.nvim_buf_get_name(bufnr)]
    if refresh then
      refresh()
    end
  end, 'make this document again')
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    callback = function(event)
      refreshers[event.match] = nil
      links[event.buf] = nil
    end,
  })
  vim.bo[bufnr].filetype = language
  -- Neovim brings the parser, but leaves it to each person to use it.
  if vim.treesitter.language.add(language) then
    vim.treesitter.start(bufnr, language)
  end
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
---@param refresh? fun() runs the command that made the document again
---@return integer bufnr
function M.show(document, refresh)
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
    vim.wo[0][0].conceallevel = 2
    vim.wo[0][0].concealcursor = 'n'
    vim.wo[0][0].linebreak = true
    vim.wo[0][0].statusline = ' ' .. document.title:gsub('%%', '%%%%') .. '%=<CR> go to  R refresh  q close '
  end
  refreshers[document.uri] = refresh
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
      set_text(bufnr, text)
      prepare(bufnr, vim.endswith(uri, '.log') and 'log' or 'markdown')
      return
    end
  end
  set_text(bufnr, 'This document is no longer at hand: run its :Pairwright command again.')
  prepare(bufnr, 'markdown')
end

--- Follow the link under the cursor, else the first one of the line, in the window one came from.
function M.jump()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local target ---@type pairwright.Link?
  for _, link in ipairs(links[vim.api.nvim_get_current_buf()] or {}) do
    if link.row == row - 1 and (not target or (link.first <= column and column < link.last)) then
      target = link
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
  local bufnr = vim.fn.bufadd(vim.uri_to_fname((target.uri:gsub('#.*$', ''))))
  vim.bo[bufnr].buflisted = true
  vim.api.nvim_win_set_buf(0, bufnr)
  local line = tonumber(target.uri:match('#L(%d+)')) or 1
  vim.api.nvim_win_set_cursor(0, { math.min(line, vim.api.nvim_buf_line_count(bufnr)), 0 })
  vim.cmd('normal! ^zv')
end

return M
