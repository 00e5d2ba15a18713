import { startBrowser } from './browser.ts';

/** What the upper part of a page looks like in a real browser, as PNG. */
export async function pictureOf(page: string, width: number, height: number): Promise<Buffer> {
  const browser = await startBrowser(width, height);
  try {
    await browser.open(`data:text/html;base64,${Buffer.from(page).toString('base64')}`);
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await browser.send<{ data: string }>('Page.captureScreenshot', {
      clip,
      captureBeyondViewport: true,
    });
    return Buffer.from(data, 'base64');
  } finally {
    await browser.stop();
  }
}
