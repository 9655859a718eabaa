// In charge of web forms on the pages of other sites: a frame as high as its form, told of the page around it.
//
// <iframe data-tenon-form src="https://…/f/contact?embed=1"></iframe><script async src="https://…/f/embed.js"></script>

(() => {
  const own = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe[data-tenon-form]")];

  addEventListener("message", (event) => {
    if (event.origin !== own || !event.data?.tenonForm) return;
    const frame = frames().find((each) => each.contentWindow === event.source);
    if (!frame) return;
    const { height, redirect, ready } = event.data;
    if (Number.isFinite(height)) frame.style.height = `${Math.min(Math.max(height, 80), 20000)}px`;
    if (ready) greet(frame);
    if (redirect) location.assign(new URL(redirect, own));
  });
  frames().forEach(greet); // one that was there before this script has said that it is ready to nobody

  function greet(frame) {
    frame.contentWindow?.postMessage({ tenonPage: location.href, query: location.search }, "*");
  }
})();
