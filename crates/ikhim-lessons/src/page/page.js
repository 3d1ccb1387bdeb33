for (const form of document.querySelectorAll("form.exercise")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = String(new FormData(form).get("answer") ?? "").trim();
    if (said === "") return;
    let right;
    if (form.dataset.right !== undefined) {
      right = said === form.dataset.right;
    } else {
      // 1,234 has a comma between thousands; 0,982 a decimal one.
      const plain = said.replace(/[−–]/g, "-").replace(/\s/g, "").replace(/%$/, "");
      const hasThousands = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(plain);
      const cleaned = hasThousands ? plain.replaceAll(",", "") : plain.replaceAll(",", ".");
      const [numerator, denominator, ...more] = cleaned.split("/");
      const fraction = denominator === undefined ? 1 : more.length || denominator === "" ? NaN : Number(denominator);
      const value = Number(numerator) / fraction / (said.endsWith("%") ? 100 : 1);
      right = cleaned !== "" && Math.abs(value - Number(form.dataset.value)) <= Number(form.dataset.within) * 1.000001 + 1e-12;
    }
    const verdict = form.querySelector(".verdict");
    verdict.textContent = right ? verdict.dataset.yes : verdict.dataset.no;
    verdict.classList.toggle("good", right);
  });
}
