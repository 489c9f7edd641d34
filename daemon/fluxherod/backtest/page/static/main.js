const start = (data) => {
  const options = { holding: false, exposure: false, refused: false, symbol: 0, picked: null };
  const prices = new PricePanel(find("#prices"), 340, "Price with the trades");
  const panels = [
    new EquityPanel(find("#equity"), 260, "Equity of the account"),
    new DrawdownPanel(find("#drawdown"), 120, "Drawdown from the peak"),
    prices,
  ];
  if (find("#sharpe")) panels.push(new SharpePanel(find("#sharpe"), 150, "Rolling Sharpe ratio"));
  const explorer = new Explorer(data, panels, options);
  const told = find("#prices .trade");
  const list = find("#trade-list");

  const mark = () => {
    for (const row of list ? list.tBodies[0].rows : []) {
      row.classList.toggle("picked", Number(row.cells[0].textContent) - 1 === options.picked);
    }
  };
  const pick = (k) => {
    options.picked = k;
    told.textContent = k === null ? "" : describeTrade(data, k);
    mark();
    explorer.redraw();
  };
  const showTrade = (k) => {
    const { entered, left, symbol } = data.trades;
    options.symbol = symbol[k];
    if (find("#symbol")) find("#symbol").value = String(options.symbol);
    const room = Math.max(30, (left[k] - entered[k]) * 0.6);
    explorer.slot = null;
    explorer.show(entered[k] - room, left[k] + room);
    pick(k);
  };
  explorer.onPoint = (slot) => {
    const k = slot === null ? options.picked : prices.tradeAt(slot) ?? options.picked;
    const refusal = slot !== null && options.refused ? describeRefusal(data, slot, options.symbol) : "";
    told.textContent = refusal || (k === null ? "" : describeTrade(data, k));
  };
  explorer.onChoose = (slot) => pick(slot === null ? null : prices.tradeAt(slot));

  const step = (way) => {
    const mine = data.trades.symbol.map((_, k) => k).filter((k) => data.trades.symbol[k] === options.symbol);
    if (!mine.length) return;
    const from = options.picked ?? (way > 0 ? -1 : data.trades.symbol.length);
    const next = way > 0 ? mine.find((k) => k > from) : mine.findLast((k) => k < from);
    showTrade(next ?? (way > 0 ? mine[0] : mine[mine.length - 1]));
  };
  const toggle = (selector, name) =>
    find(selector).addEventListener("change", (event) => {
      options[name] = event.target.checked;
      find(".line-hold").hidden = !options.holding;
      explorer.redraw();
    });
  toggle("#show-holding", "holding");
  toggle("#show-exposure", "exposure");
  toggle("#show-refused", "refused");
  find("#symbol")?.addEventListener("change", (event) => {
    options.symbol = Number(event.target.value);
    pick(null);
  });
  for (const button of findAll("[data-span]")) button.addEventListener("click", () => explorer.showDays(Number(button.dataset.span)));
  for (const button of findAll("[data-move]")) button.addEventListener("click", () => explorer.move(Number(button.dataset.move) * 0.8));
  for (const button of findAll("[data-trade]")) button.addEventListener("click", () => step(Number(button.dataset.trade)));
  if (list) {
    makeSortable(list);
    makeNumbersShow(list, (k) => {
      showTrade(k);
      find("#prices").scrollIntoView({ block: "center" });
    });
  }
  for (const hidden of findAll("#charts [hidden]")) if (!hidden.classList.contains("line-hold")) hidden.hidden = false;
};

const read = JSON.parse(find("#data").textContent);
const decoded = decodeAll(read);
if (decoded.count > 1) start(decoded);
else find("#charts").hidden = true;
