import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One field that declares an option, and its line in the file of one release. */
record Declared(
        String key,
        String owner,
        String field,
        String kind,
        String fallback,
        List<String> aliases,
        List<String> names,
        boolean deprecatedField,
        boolean deprecatedClass,
        String prefix,
        String readers) {

    static final String HEADER =
            "# key\tclass\tfield\ttype\tdefault\taliases\tenum\tdeprecated\tprefix\treaders";

    static final Map<String, String> KINDS = Map.of(
            "java.lang.Boolean", "boolean",
            "java.lang.Integer", "integer",
            "java.lang.Long", "long",
            "java.lang.Float", "float",
            "java.lang.Double", "double",
            "java.lang.String", "string",
            "java.time.Duration", "duration",
            "java.util.Map", "map",
            "org.apache.flink.configuration.MemorySize", "memory-size");

    String write() {
        String deprecated = deprecatedField ? "field" : deprecatedClass ? "class" : "";
        String line = String.join("\t", key, owner, field, kind, fallback == null ? "-" : fallback,
                String.join(",", aliases), String.join(",", names), deprecated, prefix, readers);
        // No column is escaped, here or in the table.
        return line.replace('\n', ' ');
    }

    static Declared read(String line) {
        String[] cells = line.split("\t", -1);
        if (cells.length != 10) {
            throw new IllegalArgumentException(line);
        }
        return new Declared(cells[0], cells[1], cells[2], cells[3],
                cells[4].equals("-") ? null : cells[4], items(cells[5]), items(cells[6]),
                cells[7].equals("field"), cells[7].equals("class"), cells[8], cells[9]);
    }

    static List<String> items(String cell) {
        return cell.isEmpty() ? List.of() : Arrays.asList(cell.split(","));
    }
}
