// JupyterLab runs a cell at once. While a kernel still starts there is nothing that could
// run it: then it asks for a kernel in a dialog, or does nothing at all, without a word.
// This waits for the kernel first. It is written as JupyterLab loads what is built
// elsewhere (a container of webpack's), so that nothing has to be built.
(() => {
  let shared;

  async function load(name) {
    const versions = Object.values(shared[name]);
    return (await versions[0].get())();
  }

  async function plugin() {
    const { INotebookCellExecutor, runCell } = await load("@jupyterlab/notebook");
    return {
      id: "robustkit:patient",
      description: "Waits for the kernel before a cell is run.",
      autoStart: true,
      provides: INotebookCellExecutor,
      activate: () => ({
        async runCell(options) {
          // Started already, it ends when the kernel is there or cannot be had; what
          // went wrong has been shown then.
          await options.sessionContext?.initialize().catch(() => {});
          return runCell(options);
        },
      }),
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.robustkit = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const made = await plugin();
      return () => made;
    },
  };
})();
