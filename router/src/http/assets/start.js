/** Starts GraphiQL on the tab that was open last: left to itself it opens an empty one at every visit. */
(() => {
  const TABS = 'graphiql:tabState'; // where GraphiQL keeps them

  /** The tab of the operation in the address, else the one that was looked at last; nothing at the first visit. */
  function lastTab() {
    try {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(TABS)) ?? { tabs: [] };
      const inAddress = new URL(location.href).searchParams.get('query');
      const tab = inAddress === null ? tabs[activeTabIndex] : tabs.find(({ query }) => query === inAddress);
      return tab === undefined ? {} : { query: tab.query ?? '', variables: tab.variables ?? '' };
    } catch {
      return {}; // not as GraphiQL writes it: it will begin anew
    }
  }

  self.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), { ...self.graphiqlOptions, ...lastTab() });
})();
