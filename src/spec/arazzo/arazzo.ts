/** Reads an Arazzo 1.0 description beside a contract. Nothing is fetched: its sources are files, and ours is one of them. */
import { dirname, resolve } from 'node:path';
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Finding, Location, Operation } from '../model.ts';
import { reporter, type Report } from '../report.ts';
import { parseText } from '../text/parse.ts';
import { locator } from '../text/places.ts';
import type { Limits } from '../text/syntax.ts';
import type { Action, Criterion, Workflow, WorkflowParameter, WorkflowStep } from './workflow.ts';

export interface ReadWorkflows {
  workflows: Workflow[];
  findings: Finding[];
  document: JsonObject;
  locate(pointer: string): Location;
}

/** What the workflows are about. */
export interface Described {
  /** Absolute path. */
  file: string;
  operations: Operation[];
}

interface Reading {
  document: JsonObject;
  report: Report;
  operations: Operation[];
  /** Names of the source descriptions that are the contract. */
  sources: Set<string>;
}

/** True for the names under which Arazzo descriptions are looked for. */
export function isArazzoFile(name: string): boolean {
  return /(^|\.)arazzo\.(ya?ml|json)$/i.test(name);
}

/** The workflows of a text; undefined where it is no Arazzo description, or one of other contracts only. */
export function readArazzo(
  file: string,
  text: string,
  described: Described,
  limits: Limits,
): ReadWorkflows | undefined {
  const parsed = parseText(file, text, limits);
  const { value: document } = parsed;
  const findings: Finding[] = [];
  const locate = byName(locator(file, text, document ?? null, parsed.offsets), document);
  const report = reporter(findings, locate);
  if (!isObject(document)) {
    for (const problem of parsed.problems.slice(0, 1)) report('error', 'arazzo', '#', problem.message);
    return { workflows: [], findings, document: {}, locate };
  }
  if (document['arazzo'] === undefined) return undefined;
  const version = document['arazzo'];
  if (typeof version !== 'string' || !/^1\.0\.\d+(-.*)?$/.test(version)) {
    report('error', 'arazzo-version', '#/arazzo', `Arazzo ${JSON.stringify(version)} is not supported`, 'use 1.0.x');
    return { workflows: [], findings, document, locate };
  }
  const sources = sourcesOf(file, document, described, report);
  if (sources.size === 0) return undefined;
  const reading: Reading = { document, report, operations: described.operations, sources };
  const listed = document['workflows'];
  if (!Array.isArray(listed) || listed.length === 0)
    report('error', 'arazzo-shape', '#/workflows', '`workflows` must be a list of at least one workflow');
  const seen = new Set<string>();
  const workflows = (Array.isArray(listed) ? listed : []).flatMap((node, index) => {
    const workflow = readWorkflow(reading, file, node, index);
    if (workflow === undefined) return [];
    if (seen.has(workflow.id))
      report('error', 'arazzo-duplicate', `#/workflows/${index}`, `workflowId ${workflow.id} is used twice`);
    seen.add(workflow.id);
    return [workflow];
  });
  checkTargets(reading, workflows);
  return { workflows, findings, document, locate };
}

/** Finds the place of a pointer that calls workflows and steps by their ids. */
function byName(locate: (pointer: string) => Location, document: JsonValue | undefined): (pointer: string) => Location {
  return (pointer) => {
    const [, workflow, rest = ''] = /^#\/workflows\/([^/]+)(.*)$/.exec(pointer) ?? [];
    const list = isObject(document) ? document['workflows'] : undefined;
    const index = workflow === undefined ? -1 : indexOf(list, 'workflowId', workflow);
    if (index < 0 || !Array.isArray(list)) return locate(pointer);
    const [, step, more = ''] = /^\/steps\/([^/]+)(.*)$/.exec(rest) ?? [];
    const owner = list[index];
    const place = step === undefined || !isObject(owner) ? -1 : indexOf(owner['steps'], 'stepId', step);
    return locate(`#/workflows/${index}${place < 0 ? rest : `/steps/${place}${more}`}`);
  };
}

function indexOf(list: JsonValue | undefined, member: string, name: string): number {
  return Array.isArray(list)
    ? list.findIndex((one) => isObject(one) && at('', String(one[member])) === `/${name}`)
    : -1;
}

function sourcesOf(file: string, document: JsonObject, described: Described, report: Report): Set<string> {
  const names = new Set<string>();
  const listed = document['sourceDescriptions'];
  for (const [index, source] of (Array.isArray(listed) ? listed : []).entries()) {
    if (!isObject(source) || typeof source['name'] !== 'string' || typeof source['url'] !== 'string') {
      report('error', 'arazzo-shape', `#/sourceDescriptions/${index}`, 'a source description needs `name` and `url`');
      continue;
    }
    const { name, url } = source;
    // A URL is never fetched; a path leads to the contract or to one that is not ours.
    if (!/^[a-z][a-z0-9+.-]*:/i.test(url) && resolve(dirname(file), decodeURI(url)) === described.file) names.add(name);
  }
  return names;
}

function readWorkflow(reading: Reading, file: string, node: JsonValue, index: number): Workflow | undefined {
  const { report } = reading;
  const written = `#/workflows/${index}`;
  const id = isObject(node) ? node['workflowId'] : undefined;
  if (!isObject(node) || typeof id !== 'string' || !Array.isArray(node['steps']) || node['steps'].length === 0) {
    report('error', 'arazzo-shape', written, 'a workflow needs a `workflowId` and `steps`');
    return undefined;
  }
  const pointer = at('#/workflows', id);
  const shared = parametersOf(reading, node['parameters'], `${written}/parameters`);
  const onSuccess = actionsOf(reading, node['successActions'], `${written}/successActions`, 'successActions');
  const onFailure = actionsOf(reading, node['failureActions'], `${written}/failureActions`, 'failureActions');
  const seen = new Set<string>();
  const steps = node['steps'].flatMap((step, place) => {
    const read = readStep(reading, pointer, step, `${written}/steps/${place}`);
    if (read === undefined) return [];
    if (seen.has(read.id))
      report('error', 'arazzo-duplicate', `${written}/steps/${place}`, `stepId ${read.id} is used twice`);
    seen.add(read.id);
    const own = new Set(read.parameters.map((one) => `${one.in ?? ''} ${one.name}`));
    return [
      {
        ...read,
        parameters: [...shared.filter((one) => !own.has(`${one.in ?? ''} ${one.name}`)), ...read.parameters],
        onSuccess: read.onSuccess.length > 0 ? read.onSuccess : onSuccess,
        onFailure: read.onFailure.length > 0 ? read.onFailure : onFailure,
      },
    ];
  });
  const depends = node['dependsOn'];
  return {
    id,
    pointer,
    file,
    summary: typeof node['summary'] === 'string' ? node['summary'] : '',
    document: reading.document,
    ...(node['inputs'] === undefined ? {} : { inputs: `${written}/inputs` }),
    dependsOn: Array.isArray(depends) ? depends.filter((one) => typeof one === 'string') : [],
    steps,
    outputs: textsOf(node['outputs']),
  };
}

function readStep(reading: Reading, workflow: string, node: JsonValue, written: string): WorkflowStep | undefined {
  const { report } = reading;
  const id = isObject(node) ? node['stepId'] : undefined;
  if (!isObject(node) || typeof id !== 'string') {
    report('error', 'arazzo-shape', written, 'a step needs a `stepId`');
    return undefined;
  }
  const calls = callOf(reading, node, written);
  if (calls === undefined) return undefined;
  const body = node['requestBody'];
  const replacements = isObject(body) && Array.isArray(body['replacements']) ? body['replacements'] : [];
  return {
    id,
    pointer: at(workflow, 'steps', id),
    calls,
    parameters: parametersOf(reading, node['parameters'], `${written}/parameters`),
    ...(isObject(body)
      ? {
          body: {
            ...(body['payload'] === undefined ? {} : { payload: body['payload'] }),
            replacements: replacements.flatMap((one, index) => {
              if (isObject(one) && typeof one['target'] === 'string' && one['target'].startsWith('/'))
                return [{ target: one['target'], value: one['value'] ?? null }];
              report(
                'error',
                'arazzo-replacement',
                `${written}/requestBody/replacements/${index}`,
                'the target of a replacement must be a JSON Pointer; XPath is not supported',
              );
              return [];
            }),
          },
        }
      : {}),
    success: criteriaOf(reading, node['successCriteria'], `${written}/successCriteria`),
    onSuccess: actionsOf(reading, node['onSuccess'], `${written}/onSuccess`, 'successActions'),
    onFailure: actionsOf(reading, node['onFailure'], `${written}/onFailure`, 'failureActions'),
    outputs: textsOf(node['outputs']),
  };
}

function callOf(reading: Reading, node: JsonObject, written: string): WorkflowStep['calls'] | undefined {
  const { report, operations, sources } = reading;
  const { operationId, operationPath, workflowId } = node;
  if (typeof workflowId === 'string') {
    const [, source] = /^\$sourceDescriptions\.([^.]+)\./.exec(workflowId) ?? [];
    if (source === undefined) return { workflow: workflowId };
    report(
      'error',
      'arazzo-workflow',
      `${written}/workflowId`,
      `workflow ${workflowId} stands in another description, which is not read`,
    );
    return undefined;
  }
  if (typeof operationId === 'string') {
    const [, source, name = operationId] = /^\$sourceDescriptions\.([^.]+)\.(.+)$/.exec(operationId) ?? [];
    if (source !== undefined && !sources.has(source)) {
      report(
        'error',
        'arazzo-source',
        `${written}/operationId`,
        `${source} is not this contract, and no other is called`,
      );
      return undefined;
    }
    if (operations.some((one) => one.id === name)) return { operation: name };
    report('error', 'arazzo-operation', `${written}/operationId`, `the contract has no operation ${name}`);
    return undefined;
  }
  if (typeof operationPath === 'string') {
    const [, source = '', fragment = ''] = /^\{\$sourceDescriptions\.([^.}]+)\.url\}(#.*)$/.exec(operationPath) ?? [];
    const found = sources.has(source) ? operations.find((one) => one.pointer === plain(fragment)) : undefined;
    if (found !== undefined) return { operation: found.id };
    report(
      'error',
      'arazzo-operation',
      `${written}/operationPath`,
      `${operationPath} names no operation of this contract`,
    );
    return undefined;
  }
  report('error', 'arazzo-shape', written, 'a step needs `operationId`, `operationPath` or `workflowId`');
  return undefined;
}

function plain(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** A reusable object stands for one of the components (Arazzo 1.0.1 §4.6.10). */
function reused(reading: Reading, node: JsonValue, written: string, place: string): JsonObject | undefined {
  if (!isObject(node) || typeof node['reference'] !== 'string') return isObject(node) ? node : undefined;
  const name = new RegExp(`^\\$components\\.${place}\\.(.+)$`).exec(node['reference'])?.[1];
  const found = name === undefined ? undefined : valueAt(reading.document, at('#/components', place, name));
  if (isObject(found)) return node['value'] === undefined ? found : { ...found, value: node['value'] };
  reading.report('error', 'arazzo-reference', written, `${node['reference']} names no component`);
  return undefined;
}

function parametersOf(reading: Reading, list: JsonValue | undefined, written: string): WorkflowParameter[] {
  return (Array.isArray(list) ? list : []).flatMap((one, index): WorkflowParameter[] => {
    const node = reused(reading, one, `${written}/${index}`, 'parameters');
    if (node === undefined) return [];
    const { name, in: place, value } = node;
    if (typeof name !== 'string' || value === undefined) {
      reading.report('error', 'arazzo-shape', `${written}/${index}`, 'a parameter needs `name` and `value`');
      return [];
    }
    const isPlace = place === 'path' || place === 'query' || place === 'header' || place === 'cookie';
    return [isPlace ? { name, value, in: place } : { name, value }];
  });
}

function criteriaOf(reading: Reading, list: JsonValue | undefined, written: string): Criterion[] {
  return (Array.isArray(list) ? list : []).flatMap((node, index): Criterion[] => {
    const place = `${written}/${index}`;
    if (!isObject(node) || typeof node['condition'] !== 'string') {
      reading.report('error', 'arazzo-shape', place, 'a criterion needs a `condition`');
      return [];
    }
    const { condition, context, type = 'simple' } = node;
    const name = isObject(type) ? type['type'] : type;
    if (name !== 'simple' && name !== 'regex' && name !== 'jsonpath') {
      reading.report(
        'error',
        'arazzo-criterion',
        place,
        `criteria of type ${JSON.stringify(name)} are not supported`,
        'use simple, regex or jsonpath',
      );
      return [];
    }
    if (name !== 'simple' && typeof context !== 'string') {
      reading.report('error', 'arazzo-criterion', place, `a criterion of type ${name} needs a \`context\``);
      return [];
    }
    return [{ type: name, condition, ...(typeof context === 'string' ? { context } : {}) }];
  });
}

function actionsOf(reading: Reading, list: JsonValue | undefined, written: string, place: string): Action[] {
  return (Array.isArray(list) ? list : []).flatMap((one, index): Action[] => {
    const where = `${written}/${index}`;
    const node = reused(reading, one, where, place);
    if (node === undefined) return [];
    const { name, type, stepId, workflowId, retryAfter, retryLimit } = node;
    if ((type !== 'end' && type !== 'goto' && type !== 'retry') || (type === 'retry' && place === 'successActions')) {
      reading.report('error', 'arazzo-action', where, `an action of type ${JSON.stringify(type)} is not known here`);
      return [];
    }
    return [
      {
        name: typeof name === 'string' ? name : '',
        type,
        ...(typeof stepId === 'string' ? { step: stepId } : {}),
        ...(typeof workflowId === 'string' ? { workflow: workflowId } : {}),
        retryAfterMs: typeof retryAfter === 'number' && retryAfter > 0 ? retryAfter * 1000 : 0,
        retryLimit: typeof retryLimit === 'number' && retryLimit > 0 ? retryLimit : 1,
        criteria: criteriaOf(reading, node['criteria'], `${where}/criteria`),
      },
    ];
  });
}

/** Steps and workflows that are named must be there. */
function checkTargets({ report }: Reading, workflows: Workflow[]): void {
  const ids = new Set(workflows.map((one) => one.id));
  for (const workflow of workflows) {
    for (const other of workflow.dependsOn)
      if (!ids.has(other))
        report('error', 'arazzo-workflow', at(workflow.pointer, 'dependsOn'), `there is no workflow ${other}`);
    for (const step of workflow.steps) {
      if ('workflow' in step.calls && !ids.has(step.calls.workflow))
        report('error', 'arazzo-workflow', step.pointer, `there is no workflow ${step.calls.workflow}`);
      for (const { name, step: to, workflow: other } of [...step.onSuccess, ...step.onFailure]) {
        if (to !== undefined && !workflow.steps.some((one) => one.id === to))
          report(
            'error',
            'arazzo-step',
            step.pointer,
            `the action ${name} goes to the step ${to}, which ${workflow.id} does not have`,
          );
        if (other !== undefined && !ids.has(other))
          report(
            'error',
            'arazzo-workflow',
            step.pointer,
            `the action ${name} goes to the workflow ${other}, which is not there`,
          );
      }
    }
  }
}

function textsOf(node: JsonValue | undefined): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(node) ? node : {}))
    if (typeof value === 'string') texts[name] = value;
  return texts;
}
