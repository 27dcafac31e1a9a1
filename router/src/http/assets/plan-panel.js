/** The panel below GraphiQL: while it is switched on, operations ask for their plan, and the plan of the last one is shown with its times. Others than those who may see plans are told so. */
(() => {
  const panel = document.querySelector('#plan');
  const wanted = panel.querySelector('input');
  const status = panel.querySelector('[role=status]');
  const list = panel.querySelector('ol');

  const KEPT = 'pms:plan'; // whether it was on at the last visit
  const OWN = new Set(['IntrospectionQuery', 'SessionBar']); // the page's own questions
  const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

  function element(name, { text, ...attributes } = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    made.append(...children);
    return made;
  }

  function bar({ atMs, ms: length, outcome }, total) {
    const made = element('i', { class: outcome, title: `from ${ms(atMs)}, ${ms(length)}, ${outcome}` });
    made.style.left = `${(100 * atMs) / total}%`;
    made.style.width = `${Math.max((100 * length) / total, 0.5)}%`;
    return made;
  }

  function fetched({ service, paths, operation, requests }, total) {
    const taken = requests.length === 0 ? 'not needed' : ms(Math.max(...requests.map((one) => one.ms)));
    return element('details', {}, element('summary', {},
      element('b', { text: service }), element('span', { text: paths === undefined ? 'root fields' : `entities at ${paths.join(', ')}` }),
      element('u', { role: 'presentation' }, ...requests.map((one) => bar(one, total))), element('em', { text: requests.length > 1 ? `${requests.length} × ${taken}` : taken })), element('pre', { text: operation }));
  }

  function shown(node, total) {
    if (node.kind === 'fetch') return element('li', {}, fetched(node, total));
    const title = { sequence: 'One after another', parallel: 'At the same time', condition: `If ${node.condition}`, defer: 'Deferred' }[node.kind] ?? node.kind;
    return element('li', {}, element('strong', { text: title }), element('ol', {}, ...node.nodes.map((one) => shown(one, total))));
  }

  function fill(...items) {
    list.replaceChildren(...items);
    self.dispatchEvent(new Event('resize')); // the editors measure themselves anew
  }

  function show(plan) {
    if (plan === undefined) {
      fill();
      status.textContent = 'No plan came with the answer: your account may not see plans.';
      return;
    }
    const count = plan.fetches === 1 ? '1 fetch' : `${plan.fetches} fetches`;
    status.textContent = `${ms(plan.totalMs)}, ${count}, ${plan.found ? 'plan was there' : `planned in ${ms(plan.planningMs)}`} (${plan.planner} planner)${plan.cache === undefined ? '' : `, cache: ${plan.cache}`}`;
    fill(...(plan.node === null ? [element('li', { text: 'Answered by the router, without a subgraph.' })] : [shown(plan.node, plan.totalMs)]));
  }

  function isQuestion(input, init) {
    if (typeof init?.body !== 'string' || !String(input).includes('/graphql')) return false;
    try {
      const { query = '', operationName } = JSON.parse(init.body);
      return !OWN.has(operationName) && !/^\s*subscription\b/.test(query);
    } catch {
      return false;
    }
  }

  const ask = self.fetch;
  self.fetch = async (input, init) => {
    if (!wanted.checked || !isQuestion(input, init)) return ask(input, init);
    const headers = new Headers(init.headers);
    headers.set('x-pms-plan', '1');
    const response = await ask(input, { ...init, headers });
    if (response.headers.get('content-type')?.includes('json')) response.clone().json().then(({ extensions }) => show(extensions?.plan), () => undefined);
    return response;
  };

  function switched() {
    localStorage.setItem(KEPT, String(wanted.checked));
    status.textContent = wanted.checked ? 'Run an operation to see how it is answered.' : '';
    fill();
  }
  wanted.checked = localStorage.getItem(KEPT) === 'true';
  wanted.addEventListener('change', switched);
  switched();
})();
