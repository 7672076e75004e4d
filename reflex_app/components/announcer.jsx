// Tells people who listen to the page what others see, without reading every token.

const ID = "announcer";
const LONGEST = 1500; // more than a minute of speech: the rest is read in its place

/** The one live region for what happens; empty until something does. */
export const Announcer = () => <div id={ID} className="sr-only" role="status" />;

/** Says a text once, also when it is the same as before. */
export function announce(text) {
  const words = text.replace(/\s+/g, " ").trim();
  const said = document.createElement("p");
  said.textContent = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
  document.getElementById(ID)?.replaceChildren(said);
}
