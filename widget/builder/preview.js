// The frame's own script: it runs the real widget on the draft that the builder sends, against the stand-in.
import { House, standIn } from "./stand_in.js";

let widget = null;

/** Make the widget anew with these settings, in this scene. */
async function show({ config, theme, language, scene }) {
  // Under any version's address lie the present modules; the plain entry would carry what is published.
  const { start } = await import("/widget/v/preview/handrail.js");
  const spoken = language || config.language;
  const root = document.documentElement;
  root.lang = spoken === "auto" ? "en" : spoken;
  root.dir = spoken === "ar" ? "rtl" : "ltr";
  root.dataset.theme = theme || config.theme;
  widget?.remove();
  localStorage.clear();
  sessionStorage.clear();
  new House(config, scene);
  // Known from the beginning where a chat has begun: nothing is asked then.
  const fresh = ["closed", "welcome", "invited"].includes(scene);
  if (!fresh) localStorage.setItem("handrail:token", "preview");
  // Here and now, whatever its rule waits for; in the other moments none comes between.
  const invitations = scene === "invited"
    ? config.invitations.slice(0, 1).map((one) => ({ ...one, page: "", seconds: 0, event: null, visitor: "any" })) : [];
  start({ ...config, invitations, theme: theme || config.theme, language: spoken });
  widget = document.createElement("handrail-widget");
  document.body.append(widget);
  if (scene !== "closed" && scene !== "invited") await widget.open({ focus: false });
  root.dataset.scene = scene;
}

standIn();
addEventListener("message", ({ origin, source, data }) => {
  if (origin === location.origin && source === parent && data?.type === "show") show(data);
});
parent.postMessage({ type: "ready" }, location.origin);
