/**
 * Spans of model and tool calls, each with the spec version that it worked on (OpenTelemetry GenAI conventions). They
 * cost next to nothing while no exporter is registered, and never hold what was said.
 */
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Usage } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import { promptTokensOf } from './prices.ts';

type SpecVersion = Pick<Spec, 'name' | 'semanticDigest'>;

function specAttributes({ name, semanticDigest }: SpecVersion) {
  return { 'gen_ai.prompt.name': name, 'gen_ai.prompt.version': semanticDigest.slice(0, 12) };
}

/** Begins the span of one attempt of a request; call the result once, with what came of it. */
export function chatSpan(
  model: string,
  maxTokens: number,
  spec: SpecVersion,
): (end: { usage: Usage; stopReason: string } | { usage: Usage; fault: string }) => void {
  const span = trace.getTracer('plumbline').startSpan(`chat ${model}`, {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': model,
      'gen_ai.request.max_tokens': maxTokens,
      'gen_ai.request.stream': true,
      ...specAttributes(spec),
    },
  });
  return (end) => {
    span.setAttributes({
      'gen_ai.usage.input_tokens': promptTokensOf(end.usage),
      'gen_ai.usage.output_tokens': end.usage.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': end.usage.cacheReadTokens,
      'gen_ai.usage.cache_write.input_tokens': end.usage.cacheWrite5mTokens + end.usage.cacheWrite1hTokens,
    });
    if ('fault' in end) {
      span.setAttribute('error.type', end.fault);
      span.setStatus({ code: SpanStatusCode.ERROR });
    } else {
      span.setAttribute('gen_ai.response.finish_reasons', [end.stopReason]);
    }
    span.end();
  };
}

/** Begins the span of one tool call; call the result once, with whether it went well. */
export function toolSpan(tool: string, call: string, spec: SpecVersion): (ok: boolean) => void {
  const span = trace.getTracer('plumbline').startSpan(`execute_tool ${tool}`, {
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.call.id': call,
      ...specAttributes(spec),
    },
  });
  return (ok) => {
    if (!ok) span.setAttribute('error.type', 'tool_error');
    span.end();
  };
}
