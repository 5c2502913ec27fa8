// Runs the editor's scripts of a WordPress in jsdom and answers questions about block markup, a line of JSON each.
//   node answer.js NODE_MODULES SITE SCRIPTS.json
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const vm = require('vm');
const [modules, site, list] = process.argv.slice(2);
const { JSDOM, VirtualConsole } = require(path.join(modules, 'jsdom'));

// The editor's own reports of invalid blocks would fill the console; the verdict carries them.
const dom = new JSDOM('<!doctype html><body></body>', {
	url: 'http://localhost/wp-admin/post.php',
	runScripts: 'outside-only',
	pretendToBeVisual: true,
	virtualConsole: new VirtualConsole(),
});
const window = dom.window;
const context = dom.getInternalVMContext();
const run = (code, filename) => new vm.Script(code, { filename }).runInContext(context);
const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n');

class Noop {
	observe() {}
	unobserve() {}
	disconnect() {}
}

// What a browser has and jsdom has not; no block's markup depends on it.
Object.assign(window, {
	matchMedia: () => ({ addListener() {}, addEventListener() {} }),
	ResizeObserver: Noop,
	IntersectionObserver: Noop,
	CSS: { escape: (text) => text, supports: () => false },
	Worker: Noop,
	MessageChannel,
	TextEncoder,
	TextDecoder,
	structuredClone,
	fetch: () => new Promise(() => {}),
	requestIdleCallback: (callback) => setTimeout(callback, 0),
	userSettings: {},
	ajaxurl: '/',
	adminpage: 'post-php',
});

// The classic editor and what it brings; blocks do without.
const LEFT_OUT = new Set(['jquery', 'jquery-core', 'jquery-migrate', 'editor', 'utils']);
for (const script of JSON.parse(fs.readFileSync(list, 'utf8'))) {
	if (LEFT_OUT.has(script.handle)) continue;
	if (script.path) run(fs.readFileSync(path.join(site, script.path), 'utf8'), script.path);
	for (const code of script.after) if (typeof code === 'string') run(code, script.handle);
}
// Without it the classic block is not registered, and nothing would be told from text outside of blocks.
window.wp.oldEditor = {};
window.wp.blockLibrary.registerCoreBlocks();

const { parse, serialize, createBlock, getBlockTypes } = window.wp.blocks;
const all = (blocks) => blocks.flatMap((block) => [block, ...all(block.innerBlocks)]);

// An issue is a printf format and its values, one of which is the block type itself.
function format([words, ...values]) {
	return String(words).replace(/%[a-z]/g, () => {
		const value = values.shift();
		return value && typeof value === 'object' ? value.name || '...' : String(value);
	});
}

function problem(block) {
	if (['core/freeform', 'core/missing'].includes(block.name)) {
		return `${block.name}: ${(block.originalContent || '').slice(0, 300)}`;
	}
	if (block.isValid) return null;
	const issues = (block.validationIssues || []).map(({ args }) => format(args));
	return `${block.name} is not valid: ${issues.join('; ').slice(0, 1500)}`;
}

function verdict(markup) {
	const blocks = parse(markup);
	const every = all(blocks);
	return { blocks: every.length, problems: every.map(problem).filter(Boolean), saved: serialize(blocks) };
}

const create = ([name, attributes, inner]) => createBlock(name, attributes, inner.map(create));

function answer(question) {
	if ('parse' in question) return verdict(question.parse);
	return { saved: serialize([create(question.create)]) };
}

say({ types: getBlockTypes().map((type) => type.name) });
readline
	.createInterface({ input: process.stdin })
	.on('line', (line) => {
		try {
			say(answer(JSON.parse(line)));
		} catch (error) {
			say({ error: String((error && error.stack) || error) });
		}
	})
	// The editor's timers would keep node alive for ever.
	.on('close', () => process.exit(0));
