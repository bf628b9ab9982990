// Finds the server's executable. Knows nothing of what is done with it.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import * as vscode from 'vscode';

export interface Found {
  readonly path: string;
  /** Where it was found, for people. */
  readonly origin: string;
}

/** What was looked for in vain, as a sentence for the person. */
export class ServerNotFound extends Error {}

const EXECUTABLE = process.platform === 'win32' ? 'pairwright.exe' : 'pairwright';
const SCRIPTS = process.platform === 'win32' ? 'Scripts' : 'bin';

/**
 * The server to start: setting, active Python environment, the workspace's own, PATH.
 *
 * In a workspace that is not trusted only the setting (the person's own) and PATH are looked at: a
 * repository someone merely opened must not choose what runs. Throws `ServerNotFound`.
 */
export async function findServer(folder: vscode.WorkspaceFolder | undefined): Promise<Found> {
  const setting = vscode.workspace.getConfiguration('pairwright', folder).get<string>('server.path', '').trim();
  if (setting !== '') {
    if (await isExecutable(setting)) {
      return { path: setting, origin: 'setting pairwright.server.path' };
    }
    throw new ServerNotFound(`The setting pairwright.server.path names "${setting}", which is not an executable file.`);
  }
  if (vscode.workspace.isTrusted) {
    for (const [environment, origin] of await environments(folder)) {
      const path = join(environment, SCRIPTS, EXECUTABLE);
      if (await isExecutable(path)) {
        return { path, origin };
      }
    }
  }
  for (const directory of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(directory, EXECUTABLE);
    if (await isExecutable(path)) {
      return { path, origin: 'PATH' };
    }
  }
  throw new ServerNotFound(
    'The Pairwright server was not found in the active Python environment, the workspace’s .venv or on PATH. ' +
      'Install it there, or name it in the setting pairwright.server.path.',
  );
}

/** The version that `path --version` prints. Throws when it cannot be run. */
export async function versionOf(path: string): Promise<string> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(path, ['--version'], { timeout: 30_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  return /\d+\.\d+\.\d+\S*/.exec(output)?.[0] ?? output.trim();
}

async function environments(folder: vscode.WorkspaceFolder | undefined): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const active = await activePythonEnvironment(folder?.uri);
  if (active !== undefined) {
    found.push([active, 'active Python environment']);
  }
  if (folder?.uri.scheme === 'file') {
    for (const name of ['.venv', 'venv']) {
      found.push([join(folder.uri.fsPath, name), `the workspace's ${name}`]);
    }
  }
  return found;
}

/** The part of the Python extension's public API that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string } | undefined;
    resolveEnvironment(
      environment: { readonly path: string },
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri | undefined } } | undefined>;
  };
}

async function activePythonEnvironment(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (extension === undefined) {
    return undefined;
  }
  const api = (await extension.activate()).environments;
  const active = api?.getActiveEnvironmentPath(resource);
  const environment = active && (await api?.resolveEnvironment(active));
  const interpreter = environment?.executable.uri;
  // <environment>/bin/python, or on Windows <environment>\Scripts\python.exe
  return interpreter && dirname(dirname(interpreter.fsPath));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
