import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadSettings } from '../../src/config.ts';

const FOLDER = 'docker/kubernetes';
const LABEL = { 'app.kubernetes.io/name': 'malgil' };
const all = (file: string) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
const [kustomization] = all('kustomization.yaml');
const resources = kustomization.resources.flatMap(all);
const ofKind = (kind: string) => resources.filter((resource: { kind: string }) => resource.kind === kind);
const [gateway] = ofKind('StatefulSet');
const pod = gateway.spec.template.spec;
const [container] = pod.containers;

describe('the base for Kubernetes', () => {
  it('names every file, and every resource once', () => {
    const files = readdirSync(FOLDER).filter((file) => file !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    const names = resources.map(
      ({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind}/${metadata.name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('selects the same pods everywhere', () => {
    expect(gateway.spec.selector.matchLabels).toEqual(LABEL);
    expect(gateway.spec.template.metadata.labels).toEqual(LABEL);
    for (const { spec } of ofKind('Service')) expect(spec.selector).toEqual(LABEL);
    expect(ofKind('PodDisruptionBudget')[0].spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: LABEL } });
  });

  it('runs two locked-down replicas, each with a folder of its own', () => {
    expect(gateway.spec.replicas).toBe(2);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(gateway.spec.volumeClaimTemplates[0].metadata.name).toBe(container.volumeMounts[0].name);
    expect(gateway.spec.serviceName).toBe('malgil-replicas');
  });

  it('gives settings that the program takes', () => {
    const env = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    const literals = kustomization.configMapGenerator[0].literals.map((pair: string) => pair.split('='));
    const settings = loadSettings({ ...env, ...Object.fromEntries(literals) }, () => '');
    expect(settings).toMatchObject({ host: '0.0.0.0', port: container.ports[0].containerPort });
    expect(container.volumeMounts[0].mountPath).toBe(settings.dataDir);
  });

  it('asks for readiness at one path and for life at the other, and is out of the way before it stops', () => {
    expect(container.readinessProbe.httpGet.path).toBe('/readyz?exclude=overloaded');
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    const preStopMs = Number(
      /setTimeout\(\(\) => \{\}, (\d+)\)/.exec(container.lifecycle.preStop.exec.command[2])?.[1],
    );
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(preStopMs).toBeGreaterThan(periodSeconds * failureThreshold * 1_000);
    const { shutdownLimitMs } = loadSettings({}, () => '');
    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(preStopMs + 3_000 + shutdownLimitMs);
  });
});
