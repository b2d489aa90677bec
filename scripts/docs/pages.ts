import { renderDocuments } from '../../infra/terraform/modules/ssm-documents/render.ts';
import { commands } from '../../src/commands/index.ts';
import { editorSchema } from '../../src/config/schema-findings.ts';
import { commandTable } from './command-table.ts';
import { hasTerraform, withDiagrams } from './diagrams.ts';
import { jsonPage } from './json-page.ts';
import { logFormatsPage } from './log-formats-page.ts';
import { place } from './place.ts';

/** Something that is generated, whole or in part, from the code. */
export interface Page {
  path: string;
  /** What the file should hold, given what it holds. */
  render(before: string): string | Promise<string>;
  /** A program that it needs and that is not here. */
  lacks?: string;
}

const documents = 'infra/terraform/modules/ssm-documents/documents';

/** All that is generated: one row a page, so that a new one is one row more. */
export const generatedPages = async (): Promise<Page[]> => [
  { path: 'README.md', render: (before) => place(before, 'commands', commandTable()) },
  { path: 'docs/json.md', render: () => jsonPage(commands) },
  { path: 'docs/log-formats.md', render: logFormatsPage },
  { path: 'docs/d2.schema.json', render: () => `${JSON.stringify(editorSchema(), null, 2)}\n` },
  ...[...(await renderDocuments())].map(([name, text]) => ({
    path: `${documents}/${name}`,
    render: () => text,
  })),
  { path: 'infra/README.md', render: withDiagrams, ...(!hasTerraform() && { lacks: 'terraform' }) },
];
