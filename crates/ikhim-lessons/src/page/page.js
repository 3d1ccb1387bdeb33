for (const form of document.querySelectorAll("form.exercise")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = String(new FormData(form).get("answer") ?? "").trim();
    if (said === "") return;
    let right;
    if (form.dataset.right !== undefined) {
      right = said === form.dataset.right;
    } else {
      const cleaned = said.replace(/[−–]/g, "-").replace(/\s/g, "").replace(/,(\d{3})\b/g, "$1").replace(",", ".").replace(/%$/, "");
      const value = Number(cleaned) / (said.endsWith("%") ? 100 : 1);
      right = cleaned !== "" && Math.abs(value - Number(form.dataset.value)) <= Number(form.dataset.within) * 1.000001 + 1e-12;
    }
    const verdict = form.querySelector(".verdict");
    verdict.textContent = right ? verdict.dataset.yes : verdict.dataset.no;
    verdict.classList.toggle("good", right);
  });
}
