import { render } from "preact";
import "@/styles/theme.css";
import "@/styles/base.css";
import "@/styles/parts.css";
import "@/styles/shell.css";
import "@/styles/views.css";
import "@/styles/risk.css";
import "@/styles/backtest.css";
import { App } from "@/app";
import { session } from "@/session/session";
import { listenForKeys } from "@/shell/keys";

listenForKeys();
void session.begin();
render(<App />, document.getElementById("app") as HTMLElement);
