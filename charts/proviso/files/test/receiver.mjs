// Asks the receiver for its description, and believes it only under the name that pipelines know it by.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const { SERVICE, PORT, HOST, CA_FILE, ATTEMPTS = '12' } = process.env;
const ca = readFileSync(CA_FILE, 'utf8');
const options = { host: SERVICE, port: PORT, path: '/openapi.json', servername: HOST, headers: { host: HOST }, ca, timeout: 5_000 };

const ask = () =>
  new Promise((resolve, reject) => {
    const asked = request(options, async (answer) => {
      const text = (await answer.toArray().catch(reject))?.join('') ?? '';
      if (answer.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`the receiver answers ${answer.statusCode}: ${text.slice(0, 500)}`));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 5 seconds')));
    asked.on('error', reject);
    asked.end();
  });

for (let left = Number(ATTEMPTS); ; left -= 1) {
  try {
    const { info } = await ask();
    console.log(`${info.title} ${info.version} answers at https://${HOST}`);
    break;
  } catch (error) {
    console.error(error.message);
    if (left <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}
