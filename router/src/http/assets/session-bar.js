/** The bar above GraphiQL: says who is signed in, leads to the sign-in page, signs out, and renews a session in use before it ends. Needs the API's `viewer`. */
(() => {
  const bar = document.querySelector('#session');
  const status = bar.querySelector('[role=status]');
  const enter = bar.querySelector('a');
  const leave = bar.querySelector('button');
  const { signIn, signOut } = bar.dataset;

  const RENEW_BEFORE_MS = 60_000;
  const RENEW_EVERY_MS_MIN = 30_000; // where the clocks differ by more than a session lasts
  const RETURN_CHARACTERS_MAX = 1_000; // the operation is in the address; a long one comes back from the tabs that GraphiQL keeps
  const VIEWER = 'query SessionBar { viewer { roles expiresAt organization { name } user { displayName } serviceClient { name } } }';

  const words = (role) => role.charAt(0) + role.slice(1).toLowerCase().replaceAll('_', ' ');

  function show({ viewer, text }) {
    status.textContent = text;
    enter.hidden = viewer !== null;
    leave.hidden = viewer === null;
  }

  /** Null when nobody is signed in. Rejects when the router does not say. */
  async function asked() {
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify({ query: VIEWER, operationName: 'SessionBar' }) });
    const { data, errors } = await response.json();
    if (data?.viewer) return data.viewer;
    const code = errors?.[0]?.extensions?.code;
    if (code === 'UNAUTHENTICATED') return null;
    throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  }

  async function refresh(otherwise) {
    try {
      const viewer = await asked();
      if (viewer === null) return show({ viewer, text: otherwise });
      const name = viewer.user?.displayName ?? viewer.serviceClient?.name ?? '';
      show({ viewer, text: [name, viewer.roles.map(words).join(', '), viewer.organization.name].filter((part) => part !== '').join(' · ') });
      setTimeout(whenLookedAt, Math.max(Date.parse(viewer.expiresAt) - Date.now() - RENEW_BEFORE_MS, RENEW_EVERY_MS_MIN), renew);
    } catch (error) {
      show({ viewer: null, text: `Nobody can tell who is signed in: ${error.message}` });
    }
  }

  /** A page that nobody looks at keeps no session alive. */
  function whenLookedAt(act) {
    if (document.visibilityState === 'visible') void act();
    else document.addEventListener('visibilitychange', () => whenLookedAt(act), { once: true });
  }

  async function renew() {
    await fetch(`${signIn}?${new URLSearchParams({ prompt: 'none', return: location.pathname }).toString()}`).catch(() => undefined);
    await refresh('Your session has ended.');
  }

  enter.addEventListener('click', () => {
    const here = location.pathname + location.search;
    enter.href = `${signIn}?${new URLSearchParams({ return: here.length <= RETURN_CHARACTERS_MAX ? here : location.pathname }).toString()}`;
  });

  async function signedOut() {
    leave.disabled = true;
    const done = await fetch(signOut, { method: 'POST' }).then(({ ok }) => ok, () => false);
    if (done) return location.reload(); // what was subscribed ends with the page
    leave.disabled = false;
    status.textContent = 'Signing out failed. Try again.';
  }

  leave.addEventListener('click', () => void signedOut());

  void refresh('You are not signed in.');
})();
