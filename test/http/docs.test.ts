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
    expect(Object.keys(paths).filter((path) => /docs|openapi|assets|\*/.test(path))).toEqual([]);
    expect(paths['/query/TEST'].post.requestBody.content['application/json'].schema.properties).toHaveProperty('query');
    expect(paths['/healthz']).not.toHaveProperty('head');
  });

  it('name every address of a route, and say in words what each status means', async () => {
    const { paths } = (await get('/openapi.json')).json();
    for (const path of [
      '/bots/{botId}/query/TEST',
      '/query/KAKAO/{secret}',
      '/bots/{botId}/query/NAVER/{secret}',
      '/bots/{botId}/send',
      '/bots/{botId}/push/kakao/{taskId}',
    ]) {
      expect(Object.keys(paths)).toContain(path);
      const names = Object.values<{ parameters: { name: string }[] }>(paths[path])[0]?.parameters.map(
        ({ name }) => name,
      );
      expect(names).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
    expect(JSON.stringify(paths)).not.toContain('Default Response');
    expect(Object.keys(paths['/query/KAKAO'].post.responses)).toEqual(['200', '401', '404']);
    expect(Object.keys(paths['/query/NAVER'].post.responses)).toEqual(['200', '404']);
    const web = paths['/query/WEB'].post.responses['200'].content;
    expect(Object.keys(web)).toEqual(['application/json', 'text/event-stream']);
    expect(web['application/json'].schema.properties).toHaveProperty('Answer');
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
