import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Image, imagesQuery } from "../api/instances";
import { print } from "../query/edit";
import { useText } from "../text";
import { Asked } from "../ui/ask";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";

/** What instances can be made of, and who uses it. */
export function Images() {
  const t = useText();
  const columns = [
    {
      head: t("list.column.name"),
      cell: (image: Image) => (
        <>
          {image.Name}
          <span className="id">{image.ImageId}</span>
        </>
      ),
    },
    { head: t("images.uri"), cell: (image: Image) => <code>{image.ImageUri}</code> },
    { head: t("images.what"), cell: (image: Image) => image.Description },
    { head: t("list.column.created"), cell: (image: Image) => <Time at={image.GmtCreateTime} /> },
    {
      head: t("images.users"),
      cell: (image: Image) => (
        <Link
          to="/instances"
          search={{ q: print("image", ":", image.Name ?? "") }}
          aria-label={t("images.usersOf", { name: image.Name ?? "" })}
        >
          {t("images.show")}
        </Link>
      ),
    },
  ];
  return (
    <>
      <Title>{t("app.images")}</Title>
      <Asked query={useQuery(imagesQuery)}>
        {(rows) =>
          rows.length === 0 ? (
            <p>{t("images.none")}</p>
          ) : (
            <Table caption={t("app.images")} columns={columns} rows={rows} keyOf={(image) => image.ImageId ?? ""} />
          )
        }
      </Asked>
    </>
  );
}
