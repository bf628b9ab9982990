--- Owns `:Pairwright`: parses it, fills a command's argument from the cursor, shows the answer.
---
--- The words and their completion come from `registry.lua`; only what needs no server is written
--- here. It must not know how a document is shown or where the server is found.

local registry = require('pairwright.registry')

local M = {}

local SOURCE = 'pairwright'

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('pairwright: ' .. message, level or vim.log.levels.INFO)
end

--- The client of the current buffer, else any: a document's own buffer has none.
---@return vim.lsp.Client?
local function current_client()
  return vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' })[1] or vim.lsp.get_clients({ name = 'pairwright' })[1]
end

---@param bufnr integer
---@return vim.Diagnostic[] ours
local function findings_in(bufnr)
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.source == SOURCE
  end, vim.diagnostic.get(bufnr))
end

--- Rules found in the current line, without repeats.
---@return string[]
local function rules_here()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local rules = {}
  for _, diagnostic in ipairs(findings_in(0)) do
    local rule = tostring(diagnostic.code or '')
    local covers = diagnostic.lnum <= line and line <= (diagnostic.end_lnum or diagnostic.lnum)
    if covers and rule ~= '' and not vim.list_contains(rules, rule) then
      rules[#rules + 1] = rule
    end
  end
  return rules
end

---@param word? string the rule as typed
---@param on_rule fun(rule: string)
local function with_rule(word, on_rule)
  local rules = rules_here()
  if word then
    on_rule(word)
  elseif #rules == 0 then
    say('no finding in this line: name a rule, or move the cursor to a finding', vim.log.levels.WARN)
  elseif #rules == 1 then
    on_rule(rules[1])
  else
    vim.ui.select(rules, { prompt = 'Rule:' }, function(choice)
      if choice then
        on_rule(choice)
      end
    end)
  end
end

---@param count integer
---@param one string
---@return string
local function counted(count, one)
  return ('%d %s%s'):format(count, one, count == 1 and '' or 's')
end

---@param status table IndexStatus of the protocol
local function say_index(status)
  local lines = {}
  for _, root in ipairs(status.roots or {}) do
    local state = root.state == 'building' and ('building %d/%d'):format(root.done or 0, root.total or 0) or root.state
    lines[#lines + 1] = ('%s: %s, %s, %s, %s%s'):format(
      vim.fs.basename(root.root),
      state,
      counted(root.files or 0, 'file'),
      counted(root.symbols or 0, 'symbol'),
      counted(root.references or 0, 'reference'),
      root.reason and root.reason ~= vim.NIL and root.reason ~= '' and (' (%s)'):format(root.reason) or ''
    )
  end
  say(#lines > 0 and table.concat(lines, '\n') or 'no folder is open')
end

--- Quickfix items of the places a finding points at.
---@param diagnostic vim.Diagnostic
---@return table[]
local function related_places(diagnostic)
  local related = vim.tbl_get(diagnostic, 'user_data', 'lsp', 'relatedInformation')
  local client = current_client()
  if type(related) ~= 'table' or not client then
    return {}
  end
  local items = {}
  for _, place in ipairs(related) do
    local item = vim.lsp.util.locations_to_items({ place.location }, client.offset_encoding)[1]
    if item then
      item.text = '  ' .. place.message
      items[#items + 1] = item
    end
  end
  return items
end

--- Put every finding into the quickfix list, the places it points at below it.
---@return integer number of findings
local function fill_quickfix()
  local items = {}
  local diagnostics = findings_in(nil)
  table.sort(diagnostics, function(a, b)
    local left, right = vim.api.nvim_buf_get_name(a.bufnr), vim.api.nvim_buf_get_name(b.bufnr)
    if left ~= right then
      return left < right
    end
    return a.lnum < b.lnum
  end)
  for _, item in ipairs(vim.diagnostic.toqflist(diagnostics)) do
    items[#items + 1] = item
  end
  local with_places = {}
  for index, diagnostic in ipairs(diagnostics) do
    local item = items[index]
    if diagnostic.code then
      item.text = ('%s [%s]'):format(item.text, diagnostic.code)
    end
    with_places[#with_places + 1] = item
    vim.list_extend(with_places, related_places(diagnostic))
  end
  vim.fn.setqflist({}, ' ', { title = 'Pairwright findings', items = with_places })
  return #diagnostics
end

--- Say what a review found, and open the list when asked to.
---@param result table
local function show_review(result)
  say(('%s in %s'):format(counted(result.findings, 'finding'), counted(result.files, 'file')))
  if result.findings > 0 and require('pairwright.config').options.quickfix and fill_quickfix() > 0 then
    vim.cmd('botright copen')
  end
end

---@param command pairwright.Command
---@param result table
---@param bufnr integer where the command was given
---@param again fun()
local function show_result(command, result, bufnr, again)
  if command.id == 'pairwright.commit.draft' then
    require('pairwright.commit').drafted(result, bufnr, again)
  elseif command.id == 'pairwright.commit.split.apply' then
    require('pairwright.commit').committed(result, bufnr)
  elseif command.id == 'pairwright.commit.restore' then
    require('pairwright.commit').restored(result)
  elseif result.document then
    require('pairwright.documents').show(result.document, again)
  elseif result.roots then
    say_index(result)
  elseif result.path then
    say(('%s accepted into %s'):format(counted(result.findings, 'finding'), result.path))
  elseif result.findings then
    show_review(result)
  elseif result.applied == false then
    say(('%s: the edit was not applied'):format(command.title), vim.log.levels.WARN)
  end
end

-- The error code of LSP for an answer that came too late for the text it was about.
local CONTENT_MODIFIED = -32801

--- Send a command and show its answer. A cancelled one has none: Neovim keeps that to itself.
---@param client vim.lsp.Client
---@param command pairwright.Command
---@param argument table
---@param bufnr integer
---@param on_result? fun(result: table) gets the answer in place of the person
local function execute(client, command, argument, bufnr, on_result)
  client:request('workspace/executeCommand', {
    command = command.id,
    arguments = { vim.tbl_isempty(argument) and vim.empty_dict() or argument },
  }, function(problem, result)
    if not problem then
      if type(result) == 'table' and on_result then
        on_result(result)
      elseif type(result) == 'table' then
        show_result(command, result, bufnr, function()
          execute(client, command, argument, bufnr)
        end)
      end
    elseif problem.code == CONTENT_MODIFIED then
      say(command.title .. ': the text has changed since, try again', vim.log.levels.WARN)
    else
      say(problem.message, vim.log.levels.ERROR)
    end
  end, bufnr)
end

--- Run a command of the registry with its argument filled from the cursor.
---@param command pairwright.Command
---@param words string[] words after the verb
---@param on_result? fun(result: table, client: vim.lsp.Client, bufnr: integer) gets the answer in place of the person
local function run_remote(command, words, on_result)
  local client = current_client()
  if not client then
    say('no server is running here, see :checkhealth pairwright', vim.log.levels.ERROR)
    return
  end
  local bufnr = vim.api.nvim_get_current_buf()
  local argument = {}
  local attached = client.attached_buffers[bufnr]
  for _, field in ipairs(command.fields) do
    if field ~= 'rule' and not attached and vim.list_contains(command.needed, field) then
      say(('%s: put the cursor into a source file first'):format(command.title), vim.log.levels.ERROR)
      return
    end
    if field == 'uri' and attached then
      argument.uri = vim.uri_from_bufnr(bufnr)
    elseif field == 'position' and attached then
      argument.position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
    elseif field == 'line' then
      argument.line = vim.api.nvim_win_get_cursor(0)[1] - 1
    end
  end
  if vim.list_contains(command.fields, 'rule') then
    with_rule(words[1], function(rule)
      argument.rule = rule
      execute(client, command, argument, bufnr)
    end)
  else
    execute(client, command, argument, bufnr, on_result and function(result)
      on_result(result, client, bufnr)
    end)
  end
end

--- Draft the message in the buffer, and have the person choose its wording.
local function choose_wording()
  if vim.bo.filetype ~= 'gitcommit' then
    say('a wording is chosen in the message that `git commit` opens', vim.log.levels.WARN)
    return
  end
  local command = vim.iter(registry):find(function(one)
    return one.id == 'pairwright.commit.draft'
  end)
  run_remote(command, {}, function(result, client, bufnr)
    require('pairwright.commit').choose(result.draft, function(choice)
      execute(client, command, { uri = vim.uri_from_bufnr(bufnr), choice = choice }, bufnr)
    end)
  end)
end

--- Ask every server to stop what it reports progress on.
local function cancel()
  local count = 0
  for _, client in ipairs(vim.lsp.get_clients({ name = 'pairwright' })) do
    for token in pairs(client.progress.pending) do
      client:notify('window/workDoneProgress/cancel', { token = token })
      count = count + 1
    end
  end
  say(count > 0 and ('cancelling %s'):format(counted(count, 'task')) or 'nothing is running')
end

local function findings()
  if fill_quickfix() > 0 then
    vim.cmd('botright copen')
  else
    say('no findings')
  end
end

---@class pairwright.LocalCommand
---@field area string
---@field verb string
---@field title string
---@field run fun(words: string[], lines?: [integer, integer], text: string) gets the words behind its own, the range,
--- and the words as they were typed

local BASES = { 'HEAD', 'merge-base', 'staged' }

--- Compare reviews with another revision, or say which one it is.
---@param words string[]
local function base(words)
  for _, client in ipairs(vim.lsp.get_clients({ name = 'pairwright' })) do
    local settings = vim.tbl_get(client, 'settings', 'pairwright') or {}
    if not words[1] then
      say(('reviews compare with %s'):format(vim.tbl_get(settings, 'review', 'base') or 'the base of the settings'))
    else
      settings = vim.tbl_deep_extend('force', settings, { review = { base = words[1] } })
      client.settings = vim.tbl_extend('force', client.settings or {}, { pairwright = settings })
      client:notify('workspace/didChangeConfiguration', { settings = client.settings })
    end
  end
end

--- What this plugin does by itself.
---@type pairwright.LocalCommand[]
local local_commands = {
  { area = 'findings', verb = '', title = 'List findings in the quickfix window', run = findings },
  { area = 'base', verb = '', title = 'Choose what reviews compare with', run = base },
  { area = 'commit', verb = 'wording', title = 'Choose the wording of the commit message', run = choose_wording },
  { area = 'cancel', verb = '', title = 'Cancel running work', run = cancel },
  {
    area = 'refactor',
    verb = '',
    title = 'Refactor what is selected',
    run = function(words, lines)
      require('pairwright.refactor').run(words, lines)
    end,
  },
  {
    area = 'search',
    verb = '',
    title = 'Search for code',
    run = function(_, _, text)
      require('pairwright.search').query(text)
    end,
  },
  {
    area = 'related',
    verb = '',
    title = 'Find code related to what is under the cursor',
    run = function()
      require('pairwright.search').related()
    end,
  },
  {
    area = 'restart',
    verb = '',
    title = 'Restart the server',
    run = function()
      require('pairwright.server').restart()
    end,
  },
}

---@param words string[]
---@return pairwright.Command|pairwright.LocalCommand|nil command
---@return string[] rest words after the command's own
local function lookup(words)
  for _, commands in ipairs({ registry, local_commands }) do
    for _, command in ipairs(commands) do
      local length = command.verb == '' and 1 or 2
      if command.area == words[1] and command.verb == (length == 2 and words[2] or '') then
        return command, vim.list_slice(words, length + 1)
      end
    end
  end
  return nil, {}
end

--- Words that may stand at `index`, given those before it.
---@param words string[]
---@param index integer from 1
---@return string[]
local function candidates(words, index)
  if words[1] == 'refactor' and index > 1 then
    return require('pairwright.refactor').candidates(words, index)
  elseif words[1] == 'search' and index > 1 then
    return require('pairwright.search').candidates(words[index] or '')
  end
  local seen = {}
  if words[1] == 'base' and index > 1 then
    return index == 2 and BASES or {}
  end
  for _, commands in ipairs({ registry, local_commands }) do
    for _, command in ipairs(commands) do
      if index == 1 then
        seen[command.area] = true
      elseif index == 2 and command.area == words[1] and command.verb ~= '' then
        seen[command.verb] = true
      end
    end
  end
  if index == 3 then
    local command = lookup(words)
    if command and command.fields and vim.list_contains(command.fields, 'rule') then
      for _, diagnostic in ipairs(findings_in(0)) do
        seen[tostring(diagnostic.code)] = true
      end
    end
  end
  local list = vim.tbl_keys(seen)
  table.sort(list)
  return list
end

--- Completion of `:Pairwright`.
---@param lead string the word being typed
---@param line string the command line up to the cursor
---@return string[]
function M.complete(lead, line)
  local words = vim.split(vim.trim(line), '%s+')
  table.remove(words, 1)
  local index = lead == '' and #words + 1 or #words
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, candidates(words, index))
end

--- Run `:Pairwright` with these words.
---@param words string[]
---@param lines? [integer, integer] the range it was given, from 1
---@param text? string the words as they were typed: a query may hold spaces and backslashes
function M.run(words, lines, text)
  if #words == 0 then
    words = { 'status' }
  end
  local command, rest = lookup(words)
  if not command then
    local area_known = vim.list_contains(candidates({}, 1), words[1])
    local choices = area_known and candidates(words, 2) or candidates({}, 1)
    say(
      ('no command "%s"; %s: %s'):format(
        table.concat(words, ' '),
        area_known and ('%s knows'):format(words[1]) or 'there are',
        table.concat(choices, ', ')
      ),
      vim.log.levels.ERROR
    )
  elseif command.run then
    local typed = text or table.concat(words, ' ')
    command.run(rest, lines, typed:match('^%s*%S+%s*(.*)$') or '')
  else
    run_remote(command --[[@as pairwright.Command]], rest)
  end
end

--- Handlers of commands that come with code actions and lenses: their documents are shown too; a
--- name that a refactoring chose is renamed.
---@return table<string, fun(command: lsp.Command, context: lsp.HandlerContext)>
function M.client_commands()
  local handlers = {
    ['pairwright.client.rename_at'] = function(sent, context)
      local client = vim.lsp.get_client_by_id(context.client_id)
      if client then
        require('pairwright.refactor').rename_at(client, sent.arguments[1], sent.arguments[2])
      end
    end,
  }
  handlers['pairwright.search.related'] = function(sent, context)
    local client = vim.lsp.get_client_by_id(context.client_id)
    if client then
      require('pairwright.search').related_at(client, sent.arguments[1])
    end
  end
  for _, command in ipairs(registry) do
    handlers[command.id] = function(sent, context)
      local client = vim.lsp.get_client_by_id(context.client_id)
      if client then
        execute(client, command, vim.tbl_get(sent, 'arguments', 1) or {}, context.bufnr)
      end
    end
  end
  return handlers
end

return M
