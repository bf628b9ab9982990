// Bundles the extension into one file; `--watch` rebuilds on change, with a source map.
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const build = await context({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The Node of the oldest VS Code that `engines` allows.
  target: 'node20',
  external: ['vscode'],
  minify: !watch,
  sourcemap: watch,
  logLevel: 'warning',
});
if (watch) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
