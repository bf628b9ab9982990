// Acts as a person in VS Code's window and prints, as one JSON object, what the person saw.
//
//   node drive.mjs PLAN.json
//
// PLAN: {url, chromium, profile, shots, file, typed: {line, column, text}, symbol: {line, column}, rule, fix,
// command, document, search: {query, hit, file}, refactorings: [{file, line, from, to, by, title, name, asked, result}]}. Every step waits for
// what it leads to; nothing sleeps.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const seen = {};

const context = await chromium.launchPersistentContext(plan.profile, {
  executablePath: plan.chromium,
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(60_000);

const shot = (name) => page.screenshot({ path: join(plan.shots, `${name}.png`) });
const text = async (locator) => (await locator.innerText()).replace(/\s+/g, ' ').trim();

// Runs a command as a person does, by its title.
async function palette(title) {
  await page.keyboard.press('F1');
  const widget = page.locator('.quick-input-widget:visible');
  await widget.locator('.quick-input-box input').fill(`>${title}`);
  await widget.locator('.monaco-list-row').filter({ hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

async function quickOpen(entry, row) {
  await page.keyboard.press('Control+p');
  const widget = page.locator('.quick-input-widget:visible');
  await widget.locator('.quick-input-box input').fill(entry);
  if (row) {
    await widget.locator('.monaco-list-row').filter({ hasText: row }).first().waitFor();
  }
  await page.keyboard.press('Enter');
  await widget.waitFor({ state: 'hidden' });
}

const statusItem = page.locator('.statusbar-item', { hasText: 'Pairwright' });
const problem = (rule) => page.locator('.markers-panel .monaco-list-row', { hasText: rule });

try {
  await page.goto(plan.url);
  await page.locator('.monaco-workbench').waitFor();
  await quickOpen(plan.file, plan.file.split('/').pop());
  await page.locator('.tab.active', { hasText: plan.file.split('/').pop() }).waitFor();

  // A save before the index is ready would be reviewed late: the status bar says when it is.
  await statusItem.locator('.codicon-check').waitFor();
  seen.ready = await text(statusItem);

  await quickOpen(`:${plan.typed.line}:${plan.typed.column}`);
  await page.keyboard.type(plan.typed.text);
  await page.locator('.tab.active.dirty').waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('.tab.active:not(.dirty)').waitFor();

  await page.keyboard.press('Control+Shift+M');
  await problem(plan.rule).first().waitFor();
  seen.problem = await text(problem(plan.rule).first());
  const related = page.locator('.markers-panel .monaco-list-row .related-info-resource');
  await related.first().waitFor();
  seen.related = (await related.allInnerTexts()).map((name) => name.trim());
  await shot('problems');

  // The quick fix, from the lightbulb's menu in the editor.
  await quickOpen(`:${plan.symbol.line}:${plan.symbol.column}`);
  // The bulb stands in the text or in the gutter, wherever there is room.
  await page.locator('.lightBulbWidget:visible, [class*="codicon-gutter-lightbulb"]').first().waitFor();
  await page.keyboard.press('Control+.');
  const menu = page.locator('.action-widget .monaco-list-row.action');
  await menu.filter({ hasText: plan.fix }).first().waitFor();
  seen.actions = (await menu.allInnerTexts()).map((title) => title.trim());
  await shot('actions');
  await menu.filter({ hasText: plan.fix }).first().click();
  await menu.first().waitFor({ state: 'hidden' });

  // A certain fix is made at once, over several files too; any other is shown first, to be ticked file by file.
  const preview = page.locator('.bulk-edit-panel');
  const files = preview.locator('.monaco-list-row[aria-level="1"]');
  await Promise.any([
    files.first().waitFor(),
    problem(plan.rule).first().waitFor({ state: 'detached' }),
  ]);
  await shot('fixed');
  seen.previewed = await files.count();
  for (let index = 0; index < seen.previewed; index += 1) {
    await files.nth(index).locator('.edit-checkbox').check();
  }
  if (seen.previewed) {
    await preview.getByRole('button', { name: 'Apply' }).click();
    await preview.waitFor({ state: 'hidden' });
  }

  await palette('File: Save All Files');
  await page.locator('.monaco-workbench .tab.dirty').first().waitFor({ state: 'detached' });
  await problem(plan.rule).first().waitFor({ state: 'detached' });
  await statusItem.locator('.codicon-check').waitFor();
  await shot('clean');
  seen.cleared = true;

  await quickOpen(plan.file, plan.file.split('/').pop());
  await quickOpen(`:${plan.symbol.line}:${plan.symbol.column}`);
  await palette(plan.command);
  await page.locator('.tab.active', { hasText: plan.document }).waitFor();
  await page.locator('.editor-group-container.active .view-lines .detected-link').first().waitFor();
  seen.callers = (await page.locator('.editor-group-container.active .view-lines').first().innerText()).replace(
    /\u00a0/g,
    ' ',
  );
  await shot('callers');

  // Asked in words; the list follows what is typed, and the hit that is active is shown behind it.
  await palette('Pairwright: Search…');
  await page.locator('.quick-input-widget:visible input[placeholder^="What the code does"]').fill(plan.search.query);
  const hits = page.locator('.quick-input-widget:visible .monaco-list-row');
  await hits.filter({ hasText: plan.search.hit }).first().waitFor();
  seen.hits = (await hits.allInnerTexts()).map((one) => one.replace(/\s+/g, ' ').trim());
  await shot('search');
  await hits.filter({ hasText: plan.search.hit }).first().click();
  await hits.first().waitFor({ state: 'hidden' });
  await page.locator('.tab.active', { hasText: plan.search.file.split('/').pop() }).waitFor();
  await shot('found');

  // A name is typed where the cursor was put for it, or into the box that asks for it.
  const input = page.locator('.quick-input-widget:visible .quick-input-box input');
  for (const [index, one] of plan.refactorings.entries()) {
    const name = one.file.split('/').pop();
    await quickOpen(one.file, name);
    await page.locator('.tab.active', { hasText: name }).waitFor();
    await quickOpen(`:${one.line}:${one.from}`);
    for (let column = one.from; column < one.to; column += 1) {
      await page.keyboard.press('Shift+ArrowRight');
    }
    if (one.by === 'menu') {
      await page.keyboard.press('Control+Shift+R');
      await menu.filter({ hasText: one.title }).first().click();
      await menu.first().waitFor({ state: 'hidden' });
    } else {
      await palette(one.by);
      await page.locator('.quick-input-widget:visible .monaco-list-row').filter({ hasText: one.title }).first().click();
    }
    const view = page.locator('.editor-group-container.active .view-lines').first();
    await view.filter({ hasText: one.result.replace('NAME', 'value') }).waitFor();
    if (one.asked) {
      await input.waitFor();
    }
    await shot(`refactored-${index}`);
    await page.keyboard.type(one.name);
    if (one.asked) {
      await page.keyboard.press('Enter');
    }
    await view.filter({ hasText: one.result.replace('NAME', one.name) }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+s');
    await page.locator('.tab.active:not(.dirty)').waitFor();
  }
} catch (error) {
  seen.error = String(error).slice(0, 1500);
  await shot('error');
}
await context.close();
console.log(JSON.stringify(seen));
process.exit(seen.error ? 1 : 0);
