// Acts as a person in VS Code's window and prints, as one JSON object, what the person saw.
//
//   node drive.mjs PLAN.json
//
// PLAN: {chromium, profile, shots, scenarios: [{name, url, …}]}: each scenario is a function of this name, given the
// rest. Printed: {NAME: {…what was seen, error?}}. A scenario that fails leaves the picture NAME-error, and the next
// one begins in a fresh window. Every step waits for what it leads to; nothing sleeps.

import { readFileSync } from 'node:fs';

import * as git from './git.mjs';
import { review } from './review.mjs';
import { openWindow } from './window.mjs';

const scenarios = { review, ...git };
const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const told = {};
const window = await openWindow(plan);
let shown;
for (const one of plan.scenarios) {
  const seen = (told[one.name] = {});
  try {
    if (shown !== one.url) {
      await window.open(one.url);
    }
    shown = one.url;
    await scenarios[one.name](window, one, seen);
  } catch (error) {
    seen.error = String(error).slice(0, 1500);
    shown = undefined;
    await window.shot(`${one.name}-error`);
  }
}
await window.context.close();
console.log(JSON.stringify(told));
