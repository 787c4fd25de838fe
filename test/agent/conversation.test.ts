/** A conversation keeps its bytes: whatever was said stands in every later request as the same characters. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  assistantMessage,
  conversationOf,
  requestBody,
  say,
  startConversation,
  userMessage,
} from '../../src/agent/conversation.ts';
import { arrayElements, memberText } from '../../src/agent/json-slices.ts';
import type { JsonObject } from '../../src/events/index.ts';

const json = fc
  .json({ maxDepth: 4 })
  .chain((text) => fc.constantFrom(text, ` ${text}\n`, text.replaceAll(',', ' ,\t')));

test('a body gives back the conversation that it was made of, byte for byte', () => {
  fc.assert(
    fc.property(fc.array(fc.json()), fc.dictionary(fc.string(), fc.jsonValue()), (messages, settings) => {
      const conversation = { system: '["rules"]', tools: '[]', messages };
      const { system: _, tools: __, messages: ___, ...rest } = settings;
      const body = requestBody({ model: 'm', ...rest } as JsonObject, conversation);
      expect(JSON.parse(body)).toMatchObject({ model: 'm', system: ['rules'] });
      expect(conversationOf(body)).toEqual(conversation);
    }),
  );
});

test('elements and members are found in any JSON, as they are written', () => {
  fc.assert(
    fc.property(fc.array(json), (elements) => {
      expect(arrayElements(`[${elements.join(',')}]`)).toEqual(
        elements.map((element) => element.replace(/^[ \n\r\t]+|[ \n\r\t]+$/g, '')),
      );
    }),
  );
  expect(memberText('{"a" : 1.0 , "b":{"a":2}}', 'a')).toBe('1.0');
  expect(memberText('{"b":{"a":2}}', 'a')).toBeNull();
  expect(['', '[', '{"a"', '[1', '7', '["'].map((text) => arrayElements(text))).toEqual(Array(6).fill(null));
});

test('numbers, escapes and the order of members of a reply are not touched', () => {
  const raw = '{"type":"tool_use","id":"t","name":"x","input":{"2":1.50,"1":9007199254740993,"s":"\\u0041"}}';
  const message = assistantMessage([{ type: 'toolUse', id: 't', tool: 'x', input: {}, raw }]);
  const body = requestBody({}, say(startConversation([], []), message ?? ''));
  expect(body).toContain(raw);
});

test('what the API refuses is not sent back: blank texts, and thinking that was cut', () => {
  expect(assistantMessage([{ type: 'text', text: ' \n', raw: '{}' }])).toBeNull();
  const thinking = { type: 'thinking', text: 'cut', raw: '{"type":"thinking"}' } as const;
  const text = { type: 'text', text: 'a', raw: '{"type":"text"}' } as const;
  expect(assistantMessage([thinking])).toBeNull();
  expect(assistantMessage([thinking, text, thinking])).toBe(
    '{"role":"assistant","content":[{"type":"thinking"},{"type":"text"}]}',
  );
  expect(userMessage([{ type: 'text', text: 'a' }])).toBe('{"role":"user","content":[{"type":"text","text":"a"}]}');
});
