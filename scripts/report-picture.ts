import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportPage } from '../src/cli/report/page.ts';
import { pictureOf } from '../test/support/page-picture.ts';
import { shopReport } from '../test/support/reported.ts';

/** Makes the picture of a report that the README shows. */
const file = join(import.meta.dirname, '../docs/report.png');
const picture = await pictureOf(reportPage(shopReport()), 1200, 1135);
await writeFile(file, picture);
console.log(`docs/report.png: ${Math.ceil(picture.length / 1024)} KiB`);
