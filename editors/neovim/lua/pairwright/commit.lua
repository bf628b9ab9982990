--- Owns what follows the commands on commits: the draft shown where there is no message to fill, the
--- choice among its wordings, and word of the commits that were made.
---
--- It must not know how a command is sent.

local M = {}

---@class pairwright.Draft
---@field header string the first line
---@field message string
---@field alternatives string[] other first lines
---@field compared string `staged`, or `all` where nothing is staged
---@field files integer
---@field problems string[] what could not be read

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('pairwright: ' .. message, level or vim.log.levels.INFO)
end

--- A draft as a document of its own.
---@param draft pairwright.Draft
---@param again fun()
local function show_draft(draft, again)
  local lines = { draft.message, '' }
  if draft.compared == 'all' then
    lines[#lines + 1] = '# Nothing is staged: this is about all changes.'
  end
  for _, other in ipairs(draft.alternatives) do
    lines[#lines + 1] = '# or: ' .. other
  end
  for _, problem in ipairs(draft.problems) do
    lines[#lines + 1] = '# ' .. problem
  end
  require('pairwright.documents').show({
    uri = 'pairwright:/commit/draft',
    title = 'Draft of the commit message',
    language = 'gitcommit',
    text = table.concat(lines, '\n'),
  }, again)
end

--- Show what `pairwright.commit.draft` answered.
---@param result { applied: boolean, draft: pairwright.Draft }
---@param bufnr integer where it was asked for
---@param again fun()
function M.drafted(result, bufnr, again)
  if result.applied then
    return
  elseif vim.bo[bufnr].filetype == 'gitcommit' then
    say('the message stays as you wrote it')
  else
    show_draft(result.draft, again)
  end
end

--- Let the person choose among the wordings of a draft that is in the buffer.
---@param draft pairwright.Draft
---@param on_choice fun(choice: integer) counts from 0, which is the draft itself
function M.choose(draft, on_choice)
  local wordings = vim.list_extend({ draft.header }, draft.alternatives)
  if #wordings == 1 then
    say('there is one wording only')
    return
  end
  vim.ui.select(wordings, { prompt = 'Wording:', kind = 'pairwright.wording' }, function(_, place)
    if place then
      on_choice(place - 1)
    end
  end)
end

---@param notes string[]
---@param lines string[]
local function add_notes(lines, notes)
  for _, note in ipairs(notes) do
    lines[#lines + 1] = note
  end
end

--- Say which commits were made, and leave the plan that made them.
---@param result { commits: { commit: string, subject: string }[], notes: string[], undo: string }
---@param plan integer the buffer that held the plan
function M.committed(result, plan)
  local lines = {}
  for _, made in ipairs(result.commits) do
    lines[#lines + 1] = ('committed %s %s'):format(made.commit:sub(1, 8), made.subject)
  end
  add_notes(lines, result.notes)
  lines[#lines + 1] = ('`%s` takes the commits back'):format(result.undo)
  say(table.concat(lines, '\n'), #result.notes > 0 and vim.log.levels.WARN or nil)
  -- The server removes the file once its commits are made.
  local name = vim.api.nvim_buf_is_valid(plan) and vim.api.nvim_buf_get_name(plan) or ''
  if vim.fs.basename(name) == 'split-plan.md' and not vim.uv.fs_stat(name) then
    vim.api.nvim_buf_delete(plan, { force = true })
  end
end

--- Say what was put back.
---@param result { restored: boolean, notes: string[] }
function M.restored(result)
  local lines = {}
  add_notes(lines, result.notes)
  say(#lines > 0 and table.concat(lines, '\n') or 'nothing was interrupted')
end

return M
