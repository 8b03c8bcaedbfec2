// What a person does with a message of their own later: change it, delete it, take the deletion back.

/** Buttons beside an own message; `show(...elements)` puts others in place of the body. */
export function ownActions(message, { revise, show, showAgain }) {
  const actions = document.createElement("div");
  actions.className = "own-actions";
  const edit = () => {
    const form = editForm(message, (text) => revise({ how: "edit", text }), showAgain);
    show(form);
    form.elements.changed.focus();
  };
  actions.append(
    button("Edit", edit),
    button("Delete", () => revise({ how: "delete" })),
  );
  return actions;
}

/** What stands in place of an own message that was deleted. */
export function deletedNote(revise) {
  const note = document.createElement("p");
  note.className = "deleted";
  note.append(
    "You deleted this message.",
    button("Undo", () => revise({ how: "restore" })),
  );
  return note;
}

function editForm(message, save, cancel) {
  const form = document.createElement("form");
  form.className = "edit";
  const field = document.createElement("textarea");
  field.name = "changed";
  field.setAttribute("aria-label", "Edit message");
  field.value = message.text;
  const submit = button("Save");
  submit.type = "submit";
  form.append(field, submit, button("Cancel", cancel));
  form.onsubmit = (event) => {
    event.preventDefault();
    save(field.value);
  };
  form.onkeydown = (event) => {
    if (event.key === "Escape") {
      cancel();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field) {
      event.preventDefault();
      save(field.value);
    }
  };
  return form;
}

function button(name, onclick) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = name;
  if (onclick) {
    element.onclick = onclick;
  }
  return element;
}
