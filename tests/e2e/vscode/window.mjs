// A VS Code window in a headless browser, and what a person does in any part of it. Nothing sleeps.

import { join } from 'node:path';

import { chromium } from 'playwright-core';

/** Opens a browser with `profile` as its own folder; pictures go to the folder `shots`. */
export async function openWindow({ chromium: executablePath, profile, shots }) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
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
  page.setDefaultTimeout(120_000);
  return new Window(context, page, shots);
}

export class Window {
  constructor(context, page, shots) {
    this.context = context;
    this.page = page;
    this.shots = shots;
    this.input = page.locator('.quick-input-widget:visible .quick-input-box input');
    this.rows = page.locator('.quick-input-widget:visible .monaco-list-row');
    /** Entries of the menu of code actions. */
    this.menu = page.locator('.action-widget .monaco-list-row.action');
    this.status = page.locator('.statusbar-item', { hasText: 'Pairwright' });
    this.active = page.locator('.tab.active');
    this.view = page.locator('.editor-group-container.active .view-lines').first();
    this.toasts = page.locator('.notifications-toasts .notification-list-item');
  }

  async open(url) {
    await this.page.goto(url);
    await this.page.locator('.monaco-workbench').waitFor();
  }

  /** A save before the index is ready would be reviewed late: the status bar says when it is. */
  async ready() {
    await this.status.locator('.codicon-check, .codicon-warning').first().waitFor();
  }

  shot(name) {
    return this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  async text(locator) {
    return (await locator.innerText()).replace(/\s+/g, ' ').trim();
  }

  async texts(locator) {
    return (await locator.allInnerTexts()).map((one) => one.replace(/\s+/g, ' ').trim());
  }

  /** The lines of the active editor that are in sight. */
  async lines() {
    return this.view.locator('.view-line').evaluateAll((found) =>
      found
        .sort((one, other) => parseFloat(one.style.top) - parseFloat(other.style.top))
        .map((line) => line.textContent.replace(/\u00a0/g, ' ')),
    );
  }

  tab(name) {
    return this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** The active editor holds this piece of a line. */
  shows(text) {
    return this.view.locator('.view-line').filter({ hasText: text }).first().waitFor();
  }

  problem(rule) {
    return this.page.locator('.markers-panel .monaco-list-row', { hasText: rule });
  }

  /** Runs a command as a person does, by its title. */
  async palette(title) {
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${title}`);
    await this.rows.filter({ hasText: title }).first().waitFor();
    await this.page.keyboard.press('Enter');
    // Gone, or a list of the command itself by now.
    await this.page.waitForFunction(() =>
      [...document.querySelectorAll('.quick-input-widget .quick-input-box input')].every(
        (input) => input.offsetParent === null || !input.value.startsWith('>'),
      ),
    );
  }

  async quickOpen(entry, row) {
    await this.page.keyboard.press('Control+p');
    await this.input.fill(entry);
    if (row) {
      await this.rows.filter({ hasText: row }).first().waitFor();
    }
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget:visible').waitFor({ state: 'hidden' });
  }

  async file(path) {
    const name = path.split('/').pop();
    await this.quickOpen(path, name);
    await this.tab(name);
  }

  /** Selects the first piece of text of this kind behind the cursor. */
  async find(text) {
    await this.page.keyboard.press('Control+f');
    await this.page.keyboard.type(text);
    await this.page.locator('.find-widget.visible .matchesCount', { hasText: '1 of' }).waitFor();
    await this.page.keyboard.press('Escape');
  }

  async save() {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** The code actions at the cursor, as their menu is opened. */
  async actions() {
    await this.page.keyboard.press('Control+.');
    await this.menu.first().waitFor();
    return this.texts(this.menu);
  }

  async act(title) {
    await this.menu.filter({ hasText: title }).first().click();
    await this.menu.first().waitFor({ state: 'hidden' });
  }

  /** What a list asks that a command opens, by its placeholder. */
  asked(placeholder) {
    return this.page.locator(`.quick-input-widget:visible input[placeholder^="${placeholder}"]`).waitFor();
  }
}
