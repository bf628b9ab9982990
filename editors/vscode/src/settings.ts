// The editor's layer of the server's settings: what a person set, and nothing else.

import * as vscode from 'vscode';

/** Settings of this extension itself, which the server does not know. */
const OWN = ['pairwright.server.path', 'pairwright.trace.server'];

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
}

/** The server's settings by their full names, as package.json lists them. */
export function serverSettings(manifest: unknown): string[] {
  return (manifest as Manifest).contributes.configuration
    .flatMap((group) => Object.keys(group.properties))
    .filter((name) => !OWN.includes(name));
}

/**
 * The values set by a person, by dotted keys without the prefix.
 *
 * VS Code's defaults are left out: sent along, they would win over the workspace's `.pairwright.toml`.
 */
export function editorLayer(names: readonly string[], scope: vscode.ConfigurationScope | undefined): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(undefined, scope ?? null);
  const layer: Record<string, unknown> = {};
  for (const name of names) {
    const found = configuration.inspect<unknown>(name);
    const isSet = [
      found?.globalValue,
      found?.workspaceValue,
      found?.workspaceFolderValue,
      found?.globalLanguageValue,
      found?.workspaceLanguageValue,
      found?.workspaceFolderLanguageValue,
    ].some((value) => value !== undefined);
    if (isSet) {
      layer[name.replace(/^pairwright\./, '')] = configuration.get<unknown>(name);
    }
  }
  return layer;
}
