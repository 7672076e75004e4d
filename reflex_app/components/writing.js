// A message being written: its text in the box, and its excerpts above it.

import { useLayoutEffect, useRef, useState } from "react";
import { compose, excerpt, isLong, length, split } from "./excerpts.js";
import { readText } from "./text_files.js";

export const isComposing = (event) => event.nativeEvent.isComposing || event.keyCode === 229;

const GROWS = "field-sizing: content";

/** Makes the box as high as its text, in browsers that do not do so themselves. */
function useGrowth(box, text) {
  useLayoutEffect(() => {
    if (CSS.supports(GROWS)) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);
}

/** Excerpts, with a way back: Ctrl+Z takes the last change of them back in its turn. */
function useExcerpts(box) {
  const [excerpts, setExcerpts] = useState([]);
  const steps = useRef([]);
  const change = (next) => {
    steps.current.push({ excerpts, text: box.current.value });
    setExcerpts(next);
  };
  const add = (more) => more.length && change([...excerpts, ...more]);
  const remove = (gone) => {
    change(excerpts.filter((one) => one.id !== gone.id));
    box.current.focus();
  };
  const insert = (one) => {
    remove(one);
    document.execCommand("insertText", false, one.text); // what else would end the browser's own undo
  };
  const undo = (event) => {
    const last = steps.current.at(-1);
    if (last?.text !== box.current.value) return; // what was typed since comes first
    event.preventDefault();
    setExcerpts(steps.current.pop().excerpts);
  };
  const replace = (next) => {
    steps.current = [];
    setExcerpts(next);
  };
  return { excerpts, add, remove, insert, undo, replace };
}

/** Takes files in and says which cannot be taken. */
function useFiles(add) {
  const [notice, setNotice] = useState("");
  const latest = useRef(add);
  latest.current = add;
  const take = async (files) => {
    const read = await Promise.all([...files].map(readText));
    latest.current(read.flatMap(({ problem, name, text }) => (problem ? [] : [excerpt(text, name)])));
    setNotice(read.flatMap(({ problem }) => problem || []).join(" "));
  };
  return { notice, take, dismiss: () => notice && setNotice("") };
}

/** The text and the excerpts of a message; `content` is what would be sent. */
export function useWriting(max) {
  const box = useRef(null);
  const plain = useRef(false);
  const [text, setText] = useState("");
  const marked = useExcerpts(box);
  const files = useFiles(marked.add);
  useGrowth(box, text);
  const content = compose(text, marked.excerpts);
  const count = length(content);
  const put = (next) => {
    const known = split(next);
    box.current.value = known.text;
    setText(known.text);
    marked.replace(known.excerpts);
    files.dismiss();
  };
  const change = (event) => {
    files.dismiss();
    setText(event.target.value);
  };
  const paste = (event) => {
    const { clipboardData: data } = event;
    const pasted = data.getData("text/plain");
    if (!pasted && data.files.length) (event.preventDefault(), files.take(data.files));
    if (plain.current || !isLong(pasted) || !pasted.trim()) return;
    event.preventDefault();
    marked.add([excerpt(pasted)]);
  };
  // Ctrl+Shift+V asks for the text as it is, also in the browser's own words.
  const press = (event) => {
    const command = event.ctrlKey || event.metaKey;
    plain.current = command && event.shiftKey;
    if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z") marked.undo(event);
  };
  return { box, text, content, count, over: Math.max(0, count - max), put, change, paste, press, ...marked, ...files };
}
