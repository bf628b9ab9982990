--- Owns `:Pairwright refactor`: the selection as a range of the protocol, the choice among what is
--- offered, the arguments that a refactoring needs, and the rename of a name it chose.
---
--- Which refactorings there are comes from `refactorings.lua`. It must not know how a command line is
--- parsed into words.

local refactorings = require('pairwright.refactorings')

local M = {}

local APPLY, LIST = 'pairwright.refactor.apply', 'pairwright.refactor.list'

---@class pairwright.Offer
---@field id string
---@field title string
---@field arguments table<string, any>
---@field refused string "" when it can be had
---@field options pairwright.Option[]

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('pairwright: ' .. message, level or vim.log.levels.INFO)
end

-- Ranges.

---@param client vim.lsp.Client
---@param bufnr integer
---@param row integer from 0
---@param column integer in bytes
---@return lsp.Position
local function position(client, bufnr, row, column)
  local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
  local units = vim.str_utfindex(line, client.offset_encoding, math.min(column, #line), false)
  return { line = row, character = units }
end

--- Whole lines, from 1, without the last one's end.
---@param client vim.lsp.Client
---@param bufnr integer
---@param first integer
---@param last integer
---@return lsp.Range
local function range_of_lines(client, bufnr, first, last)
  return { start = position(client, bufnr, first - 1, 0), ['end'] = position(client, bufnr, last - 1, vim.v.maxcol) }
end

--- What two positions of `getpos` enclose, the character under the later one included.
---@param client vim.lsp.Client
---@param bufnr integer
---@param one integer[]
---@param other integer[]
---@return lsp.Range
local function range_between(client, bufnr, one, other)
  local first, last = one, other
  if last[2] < first[2] or (last[2] == first[2] and last[3] < first[3]) then
    first, last = last, first
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, last[2] - 1, last[2], false)[1] or ''
  local column = math.min(last[3] - 1, #line)
  if column < #line and vim.o.selection ~= 'exclusive' then
    column = column + vim.str_utf_end(line, column + 1) + 1
  end
  return {
    start = position(client, bufnr, first[2] - 1, first[3] - 1),
    ['end'] = position(client, bufnr, last[2] - 1, column),
  }
end

---@return boolean
local function in_visual_mode()
  return vim.list_contains({ 'v', 'V', '\22' }, vim.fn.mode())
end

local function leave_visual_mode()
  if in_visual_mode() then
    vim.api.nvim_feedkeys(vim.keycode('<Esc>'), 'nx', false)
  end
end

--- What is selected: in Visual mode, by the range of the command line, else nothing but the cursor.
---@param client vim.lsp.Client
---@param bufnr integer
---@param lines? [integer, integer] the command's range, from 1
---@return lsp.Range
local function selected_range(client, bufnr, lines)
  local mode = vim.fn.mode()
  if in_visual_mode() then
    local one, other = vim.fn.getpos('v'), vim.fn.getpos('.')
    leave_visual_mode()
    if mode == 'V' then
      return range_of_lines(client, bufnr, math.min(one[2], other[2]), math.max(one[2], other[2]))
    end
    return range_between(client, bufnr, one, other)
  elseif lines then
    local one, other = vim.fn.getpos("'<"), vim.fn.getpos("'>")
    -- `:'<,'>` is all that a command sees of a selection: the marks say which columns it had.
    if vim.fn.visualmode() ~= 'V' and one[2] == lines[1] and other[2] == lines[2] then
      return range_between(client, bufnr, one, other)
    end
    return range_of_lines(client, bufnr, lines[1], lines[2])
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  local here = position(client, bufnr, cursor[1] - 1, cursor[2])
  return { start = here, ['end'] = here }
end

-- Arguments.

---@param text string
---@param kind string
---@return any value nil for a text that is no such value
local function value_of(text, kind)
  if kind == 'integer' then
    local number = tonumber(text)
    return number and math.floor(number) == number and number or nil
  elseif kind == 'boolean' then
    return ({ ['true'] = true, yes = true, ['false'] = false, no = false })[text]
  elseif kind == 'array' then
    return vim.split(text, '%s*,%s*', { trimempty = true })
  end
  return text
end

---@param options pairwright.Option[]
---@param name string
---@return pairwright.Option?
local function option_named(options, name)
  return vim.iter(options):find(function(option)
    return option.name == name
  end)
end

--- `key=value` words, and one without a key for the new name.
---@param options pairwright.Option[]
---@param words string[]
---@return table<string, any>? arguments
---@return string? problem
local function arguments_of(options, words)
  local arguments = {}
  for _, word in ipairs(words) do
    local key, text = word:match('^([%w_]+)=(.*)$')
    key, text = key or 'name', text or word
    local option = option_named(options, key)
    local value = value_of(text, option and option.kind or 'string')
    if value == nil then
      return nil, ('`%s` has to be of the type %s'):format(key, option and option.kind or 'string')
    end
    arguments[key] = value
  end
  return arguments
end

--- Ask for what is required and not there, one after the other.
---@param options pairwright.Option[]
---@param arguments table<string, any>
---@param on_all fun(arguments: table<string, any>)
local function with_required(options, arguments, on_all)
  local missing = vim.iter(options):find(function(option)
    return option.required and arguments[option.name] == nil
  end)
  if not missing then
    on_all(arguments)
    return
  end
  local function take(value)
    with_required(options, vim.tbl_extend('force', arguments, { [missing.name] = value }), on_all)
  end
  if missing.kind == 'boolean' then
    vim.ui.select({ 'yes', 'no' }, { prompt = missing.description }, function(choice)
      if choice then
        take(choice == 'yes')
      end
    end)
    return
  end
  local default = missing.name == 'name' and vim.fn.expand('<cword>') or ''
  vim.ui.input({ prompt = missing.description .. ' ', default = default }, function(text)
    if not text or text == '' then
      return
    end
    local value = value_of(text, missing.kind)
    if value == nil then
      say(('%s is not of the type %s'):format(text, missing.kind), vim.log.levels.ERROR)
    else
      take(value)
    end
  end)
end

-- Names.

--- Have the person change the name at a place.
---@param client vim.lsp.Client
---@param uri string
---@param place lsp.Position
function M.rename_at(client, uri, place)
  -- A code action that was chosen for a selection leaves that standing.
  leave_visual_mode()
  local location = { uri = uri, range = { start = place, ['end'] = place } }
  vim.lsp.util.show_document(location, client.offset_encoding, { reuse_win = true, focus = true })
  if #vim.lsp.get_clients({ bufnr = 0, method = 'textDocument/rename' }) > 0 then
    vim.lsp.buf.rename()
  else
    M.run({ 'rename.symbol' })
  end
end

-- Running.

---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param bufnr integer
---@param on_answer fun(answer: table)
local function execute(client, command, argument, bufnr, on_answer)
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, function(problem, answer)
    if problem then
      say(problem.message, vim.log.levels.ERROR)
    elseif type(answer) == 'table' then
      on_answer(answer)
    end
  end, bufnr)
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param range lsp.Range
---@param id string
---@param options pairwright.Option[]
---@param arguments table<string, any>
local function apply(client, bufnr, range, id, options, arguments)
  with_required(options, arguments, function(all)
    local argument = {
      uri = vim.uri_from_bufnr(bufnr),
      id = id,
      range = range,
      arguments = vim.tbl_isempty(all) and vim.empty_dict() or all,
    }
    execute(client, APPLY, argument, bufnr, function(answer)
      if not answer.applied then
        say('the edit was not applied', vim.log.levels.WARN)
      elseif answer.named and require('pairwright.config').options.rename_new_names then
        M.rename_at(client, answer.named.uri, answer.named.position)
      end
    end)
  end)
end

--- Those that can be had; where there is none, the reasons are said.
---@param offers pairwright.Offer[]
---@return pairwright.Offer[]
local function possible(offers)
  local found = vim.tbl_filter(function(offer)
    return offer.refused == ''
  end, offers)
  if #found == 0 then
    local reasons = vim.tbl_map(function(offer)
      return ('%s: %s'):format(offer.title, offer.refused)
    end, offers)
    say(#reasons > 0 and table.concat(reasons, '\n') or 'nothing can be refactored here', vim.log.levels.WARN)
  end
  return found
end

---@param offers pairwright.Offer[]
---@param on_choice fun(offer: pairwright.Offer)
local function choose(offers, on_choice)
  local prompt = {
    prompt = 'Refactoring:',
    kind = 'pairwright.refactoring',
    format_item = function(offer)
      return offer.title
    end,
  }
  vim.ui.select(offers, prompt, function(offer)
    if offer then
      on_choice(offer)
    end
  end)
end

--- Run one refactoring, or have one of those that are offered chosen.
---@param words string[] the refactoring's id and its arguments; none to choose
---@param lines? [integer, integer] the command's range, from 1
function M.run(words, lines)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'pairwright' })[1]
  if not client then
    say('no server is running here, see :checkhealth pairwright', vim.log.levels.ERROR)
    return
  end
  local range = selected_range(client, bufnr, lines)
  local id = words[1]
  local known = vim.iter(refactorings):find(function(one)
    return one.id == id
  end)
  if id and not known then
    say(('there is no refactoring "%s"'):format(id), vim.log.levels.ERROR)
    return
  end
  local given, problem = arguments_of(known and known.options or {}, vim.list_slice(words, 2))
  if not given then
    say(problem or '', vim.log.levels.ERROR)
    return
  end
  execute(client, LIST, { uri = vim.uri_from_bufnr(bufnr), range = range }, bufnr, function(answer)
    local function take(offer)
      local arguments = vim.tbl_extend('force', offer.arguments, given)
      apply(client, bufnr, range, offer.id, offer.options, arguments)
    end
    if not id then
      local offers = possible(answer.refactorings)
      if #offers > 0 then
        choose(offers, take)
      end
      return
    end
    local offers = vim.tbl_filter(function(offer)
      return offer.id == id and offer.refused == ''
    end, answer.refactorings)
    if #offers > 1 and vim.tbl_isempty(given) then
      choose(offers, take)
    elseif #offers > 0 then
      take(offers[1])
    else
      -- Some are never offered; the others say why not.
      apply(client, bufnr, range, id, known.options, given)
    end
  end)
end

--- Words that may stand behind `:Pairwright refactor`.
---@param words string[] those before, `refactor` first
---@param index integer from 2
---@return string[]
function M.candidates(words, index)
  local found = {}
  for _, one in ipairs(refactorings) do
    if index == 2 then
      found[#found + 1] = one.id
    elseif one.id == words[2] then
      for _, option in ipairs(one.options) do
        found[#found + 1] = option.name .. '='
      end
    end
  end
  return found
end

return M
