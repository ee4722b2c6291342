import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../helpers/test-program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.end());

const get = (url: string) => program.app.inject({ url });

describe('/docs and /openapi.json', () => {
  it('answer everybody who looks at the same moment, before the pages are made', async () => {
    const [page, style, description] = await Promise.all(
      ['/docs', '/docs/static/swagger-ui.css', '/openapi.json'].map(get),
    );
    expect(page?.headers['content-type']).toContain('text/html');
    expect(page?.body).toContain('말길');
    expect(style?.headers['content-type']).toContain('text/css');
    expect(description?.json().info).toMatchObject({ title: 'Malgil (말길)', version: '0.0.0' });
  });

  it('describe what is documented, with its schemas, and nothing else', async () => {
    const { paths } = (await get('/openapi.json')).json();
    expect(Object.keys(paths).filter((path) => /bots|docs|openapi|assets|\*/.test(path))).toEqual([]);
    expect(paths['/query/TEST'].post.requestBody.content['application/json'].schema.properties).toHaveProperty('query');
    expect(paths['/healthz']).not.toHaveProperty('head');
  });

  it('say in our words that a page is not there', async () => {
    const response = await get('/docs/nothing');
    expect(response.statusCode).toBe(404);
    expect(response.json().error).toMatchObject({
      code: 'ROUTE_UNKNOWN',
      requestId: expect.stringMatching(/^[\w-]{22}$/),
    });
  });
});
