import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import { useTheme } from "../../app/theme";
import { useFormat, useText } from "../../text";
import type { Series } from "./series";

const height = 160;

interface Props {
  name: string;
  unit: string;
  percent: boolean;
  series: Series;
  span: [from: number, to: number]; // seconds; all of it is shown, with samples or without
  zoom: (span: [number, number]) => void;
}

export function Chart({ name, unit, percent, series, span, zoom }: Props) {
  const t = useText();
  const format = useFormat();
  const { dark } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const onZoom = useRef(zoom);
  onZoom.current = zoom;
  const [from, to] = span;

  useEffect(() => {
    const box = place.current!;
    const style = getComputedStyle(box);
    const color = (token: string) => style.getPropertyValue(`--ant-color-${token}`).trim() || "#888";
    const axis = {
      stroke: color("text-secondary"),
      grid: { stroke: color("split"), width: 1 },
      ticks: { stroke: color("split") },
    };
    const value = (one: number) =>
      format.number(one, { notation: percent ? "standard" : "compact", maximumFractionDigits: 1 });
    const plot = new UPlot(
      {
        width: box.clientWidth,
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { time: true, range: () => [from, to] },
          y: { range: (_, __, most) => [0, percent ? 100 : Math.max(1, most || 0)] },
        },
        axes: [
          {
            ...axis,
            values: (_, at) => at.map((one) => format.dateTime(one * 1000, { hour: "2-digit", minute: "2-digit" })),
          },
          { ...axis, size: 60, values: (_, at) => at.map(value) },
        ],
        series: [{}, { stroke: color("primary"), width: 1.5, spanGaps: false, points: { show: series[0].length < 3 } }],
        hooks: {
          setSelect: [
            (self) => {
              if (self.select.width < 5) return;
              const at = (left: number) => Math.round(self.posToVal(left, "x"));
              onZoom.current([at(self.select.left), at(self.select.left + self.select.width)]);
            },
          ],
        },
      },
      series as UPlot.AlignedData,
      box,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [series, from, to, percent, dark, format]);

  return (
    <figure className="chart">
      <figcaption>
        {name} <span className="quiet">{unit}</span>
      </figcaption>
      <div ref={place} role="img" aria-label={t("instance.chartOf", { metric: name })} />
      <details>
        <summary>{t("instance.asTable")}</summary>
        <SampleTable name={name} series={series} />
      </details>
    </figure>
  );
}

function SampleTable({ name, series: [times, values] }: { name: string; series: Series }) {
  const t = useText();
  const format = useFormat();
  return (
    <div className="samples" tabIndex={0} role="group" aria-label={name}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("instance.time")}</th>
            <th scope="col">{name}</th>
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => {
            const value = values[index];
            return (
              <tr key={time}>
                <td>{format.dateTime(time * 1000, { timeStyle: "medium" })}</td>
                <td>{value == null ? "–" : format.number(value, { maximumFractionDigits: 2 })}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
