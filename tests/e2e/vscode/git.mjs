// What is done with a repository: conflicts, messages, splits, history, pull requests, the base of reviews.

import { statSync, watch } from 'node:fs';

/** Resolves once a file has grown beyond a size: git commits after its editor has let go of the message. */
function grown(file, size) {
  return new Promise((resolve) => {
    const watcher = watch(file, look);
    function look() {
      if (statSync(file).size > size) {
        watcher.close();
        resolve();
      }
    }
    look();
  });
}

/** PLAN: {file, found, lens, merge, merged}: `found` is the number of findings. */
export async function conflicts(window, plan, seen) {
  const { page } = window;
  await window.ready();
  await window.palette('Pairwright: Go to the Next Conflict');
  await window.tab(plan.file);
  await page.locator('.statusbar-item', { hasText: `Pairwright ${plan.found}` }).waitFor();
  await page.locator('.codelens-decoration', { hasText: plan.lens }).first().waitFor();

  seen.actions = await window.actions();
  await window.shot('conflict');
  await window.act(plan.merge);
  await window.shows(plan.merged);
  await page.locator('.tab.active.dirty').waitFor();
  seen.merged = await window.lines();
  await page.keyboard.press('Control+z');
  await page.locator('.tab.active:not(.dirty)').waitFor();

  await window.palette('Pairwright: Resolve All Conflicts That Are Safe');
  await window.toasts.first().waitFor();
  seen.told = await window.text(window.toasts.first());
  await window.shot('resolved');
  await page.keyboard.press('Control+z');
  await page.locator('.tab.active:not(.dirty)').waitFor();
  await page.keyboard.press('Control+Shift+z');
  await page.locator('.tab.active.dirty').waitFor();
  await window.save();
}

/** PLAN: {typed, fix, fixed, reflog}: `typed` takes the place of as many letters of the draft. */
export async function message(window, plan, seen) {
  const { page } = window;
  await window.ready();
  await window.palette('Git: Commit');
  await window.tab('COMMIT_EDITMSG');
  seen.actions = await window.actions();
  await window.act(/^Draft the commit message$/);
  await page.locator('.tab.active.dirty').waitFor();

  await page.keyboard.press('Control+Home');
  for (const _letter of plan.typed) {
    await page.keyboard.press('Delete');
  }
  await page.keyboard.type(plan.typed);
  await page.locator('.squiggly-info, .squiggly-warning').first().waitFor();
  await page.keyboard.press('Control+Home');
  seen.fixes = await window.actions();
  await window.shot('message');
  await window.act(plan.fix);
  await window.shows(plan.fixed);

  await window.palette('Pairwright: Draft the Commit Message');
  await window.asked('Escape keeps');
  seen.wordings = await window.texts(window.rows.locator('.label-name'));
  await window.rows.nth(1).click();
  await window.shows(seen.wordings[1]);
  await window.shot('wording');
  await window.save();
  const { size } = statSync(plan.reflog);
  await page.getByText('Commit', { exact: true }).last().click();
  await page.locator('.tab', { hasText: 'COMMIT_EDITMSG' }).waitFor({ state: 'detached' });
  await grown(plan.reflog, size);
}

/** PLAN: {own} */
export async function box(window, plan, seen) {
  const { page } = window;
  const lines = page.locator('.scm-editor .view-lines').first();
  await window.ready();
  await window.palette('Pairwright: Draft the Commit Message');
  await window.asked('Escape keeps');
  seen.drafted = await window.text(lines);
  await window.shot('box');
  await page.keyboard.press('Escape');
  await lines.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(plan.own);
  await window.palette('Pairwright: Draft the Commit Message');
  const question = page.locator('.monaco-dialog-box');
  await question.waitFor();
  seen.question = await window.text(question);
  await question.getByText('Cancel').click();
  await question.waitFor({ state: 'hidden' });
  seen.kept = await window.text(lines);
}

/** PLAN: {heading, added}: `added` is written behind the line of a heading. */
export async function split(window, plan, seen) {
  const { page } = window;
  await window.ready();
  await window.palette('Pairwright: Split Changes Into Commits');
  await window.tab('split-plan.md');
  await window.shows(plan.heading);
  seen.plan = await window.lines();
  await window.find(plan.heading);
  await page.keyboard.press('End');
  await page.keyboard.type(plan.added);
  await page.locator('.tab.active.dirty').waitFor();
  await window.shot('plan');
  await page.locator('.editor-actions').getByRole('button', { name: 'Commit As Planned' }).click();
  await window.toasts.first().waitFor();
  seen.told = await window.text(window.toasts.first());
  seen.tabs = await window.texts(page.locator('.tab'));
}

/** PLAN: {file, line, column, document} */
export async function history(window, plan, seen) {
  await window.file(plan.file);
  await window.ready();
  await window.quickOpen(`:${plan.line}:${plan.column}`);
  await window.palette('Pairwright: Show the History of a Symbol');
  await window.tab(plan.document);
  await window.shows('# History');
  seen.text = await window.lines();
  await window.shot('history');
}

/** PLAN: {document, heading} */
export async function request(window, plan, seen) {
  await window.ready();
  await window.palette('Pairwright: Draft the Text of a Pull Request');
  await window.tab(plan.document);
  await window.shows(plan.heading);
  seen.text = await window.lines();
  await window.shot('request');
}

/** PLAN: {file, typed, rule} */
export async function base(window, plan, seen) {
  const { page } = window;
  const item = (base) => page.locator('.statusbar-item', { hasText: new RegExp(`^\\s*${base}$`) });
  const choose = async (from, to) => {
    await item(from).click();
    await window.asked('Now:');
    await window.rows.filter({ hasText: to }).first().click();
    await item(to).waitFor();
  };
  await window.file(plan.file);
  await window.ready();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(plan.typed);
  await window.save();
  await page.keyboard.press('Control+Shift+M');
  await window.problem(plan.rule).first().waitFor();
  await choose('HEAD', 'staged');
  await window.problem(plan.rule).first().waitFor({ state: 'detached' });
  seen.staged = await window.text(window.status);
  await window.shot('staged');
  await choose('staged', 'HEAD');
  await window.problem(plan.rule).first().waitFor();
}
