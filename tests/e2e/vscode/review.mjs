// The main job: open, edit, save, finding, quick fix, all clear; callers, a search, refactorings.
//
// PLAN: {file, typed: {line, column, text}, symbol: {line, column}, rule, fix, command, document, search: {query, hit,
// file}, refactorings: [{file, line, from, to, by, title, name, asked, result}]}

export async function review(window, plan, seen) {
  const { page, menu, input, status } = window;
  await window.file(plan.file);
  await window.ready();

  await window.quickOpen(`:${plan.typed.line}:${plan.typed.column}`);
  await page.keyboard.type(plan.typed.text);
  await page.locator('.tab.active.dirty').waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('.tab.active:not(.dirty)').waitFor();

  await page.keyboard.press('Control+Shift+M');
  await window.problem(plan.rule).first().waitFor();
  seen.problem = await window.text(window.problem(plan.rule).first());
  const related = page.locator('.markers-panel .monaco-list-row .related-info-resource');
  await related.first().waitFor();
  seen.related = (await related.allInnerTexts()).map((name) => name.trim());
  await window.shot('problems');

  // The quick fix, from the lightbulb's menu in the editor.
  await window.quickOpen(`:${plan.symbol.line}:${plan.symbol.column}`);
  // The bulb stands in the text or in the gutter, wherever there is room.
  await page.locator('.lightBulbWidget:visible, [class*="codicon-gutter-lightbulb"]').first().waitFor();
  await page.keyboard.press('Control+.');
  await menu.filter({ hasText: plan.fix }).first().waitFor();
  seen.actions = (await menu.allInnerTexts()).map((title) => title.trim());
  await window.shot('actions');
  await menu.filter({ hasText: plan.fix }).first().click();
  await menu.first().waitFor({ state: 'hidden' });

  // A certain fix is made at once, over several files too; any other is shown first, to be ticked file by file.
  const preview = page.locator('.bulk-edit-panel');
  const files = preview.locator('.monaco-list-row[aria-level="1"]');
  await Promise.any([
    files.first().waitFor(),
    window.problem(plan.rule).first().waitFor({ state: 'detached' }),
  ]);
  await window.shot('fixed');
  seen.previewed = await files.count();
  for (let index = 0; index < seen.previewed; index += 1) {
    await files.nth(index).locator('.edit-checkbox').check();
  }
  if (seen.previewed) {
    await preview.getByRole('button', { name: 'Apply' }).click();
    await preview.waitFor({ state: 'hidden' });
  }

  await window.palette('File: Save All Files');
  await page.locator('.monaco-workbench .tab.dirty').first().waitFor({ state: 'detached' });
  await window.problem(plan.rule).first().waitFor({ state: 'detached' });
  await status.locator('.codicon-check').waitFor();
  await window.shot('clean');
  seen.cleared = true;

  await window.quickOpen(plan.file, plan.file.split('/').pop());
  await window.quickOpen(`:${plan.symbol.line}:${plan.symbol.column}`);
  await window.palette(plan.command);
  await page.locator('.tab.active', { hasText: plan.document }).waitFor();
  await page.locator('.editor-group-container.active .view-lines .detected-link').first().waitFor();
  seen.callers = (await page.locator('.editor-group-container.active .view-lines').first().innerText()).replace(
    /\u00a0/g,
    ' ',
  );
  await window.shot('callers');

  // Asked in words; the list follows what is typed, and the hit that is active is shown behind it.
  await window.palette('Pairwright: Search…');
  await page.locator('.quick-input-widget:visible input[placeholder^="What the code does"]').fill(plan.search.query);
  const hits = page.locator('.quick-input-widget:visible .monaco-list-row');
  await hits.filter({ hasText: plan.search.hit }).first().waitFor();
  seen.hits = (await hits.allInnerTexts()).map((one) => one.replace(/\s+/g, ' ').trim());
  await window.shot('search');
  await hits.filter({ hasText: plan.search.hit }).first().click();
  await hits.first().waitFor({ state: 'hidden' });
  await page.locator('.tab.active', { hasText: plan.search.file.split('/').pop() }).waitFor();
  await window.shot('found');

  // A name is typed where the cursor was put for it, or into the box that asks for it.
  for (const [index, one] of plan.refactorings.entries()) {
    const name = one.file.split('/').pop();
    await window.quickOpen(one.file, name);
    await page.locator('.tab.active', { hasText: name }).waitFor();
    await window.quickOpen(`:${one.line}:${one.from}`);
    for (let column = one.from; column < one.to; column += 1) {
      await page.keyboard.press('Shift+ArrowRight');
    }
    if (one.by === 'menu') {
      await page.keyboard.press('Control+Shift+R');
      await menu.filter({ hasText: one.title }).first().click();
      await menu.first().waitFor({ state: 'hidden' });
    } else {
      await window.palette(one.by);
      await page.locator('.quick-input-widget:visible .monaco-list-row').filter({ hasText: one.title }).first().click();
    }
    const view = page.locator('.editor-group-container.active .view-lines').first();
    await view.filter({ hasText: one.result.replace('NAME', 'value') }).waitFor();
    if (one.asked) {
      await input.waitFor();
    }
    await window.shot(`refactored-${index}`);
    await page.keyboard.type(one.name);
    if (one.asked) {
      await page.keyboard.press('Enter');
    }
    await view.filter({ hasText: one.result.replace('NAME', one.name) }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+s');
    await page.locator('.tab.active:not(.dirty)').waitFor();
  }
}
