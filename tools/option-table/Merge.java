import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes the option table out of what {@link Scan} wrote for each release and of the keys that no
 * class declares.
 *
 * <p>Arguments: the table to write, the file of keys that no class declares (may be several, divided
 * by commas), then one file of {@link Scan} for each release, oldest first, named after it
 * ({@code 1.20.5.tsv}).
 */
public final class Merge {
    private static final String HEADER =
            "# key\tversions\tstate\ttype\tdefault\ttargets\taliases\tenum\tscope";

    /** What a key means in one release: the columns of the table after key and versions. */
    private record Meaning(
            String state,
            String type,
            String fallback,
            List<String> targets,
            List<String> aliases,
            List<String> names,
            String scope) {
        String write() {
            return String.join("\t", state, type, fallback, String.join(",", targets),
                    String.join(",", aliases), String.join(",", names), scope);
        }

        Meaning in(String other) {
            return new Meaning(state, type, fallback, targets, aliases, names, other);
        }
    }

    private final List<String> versions = new ArrayList<>();
    private final List<Map<String, Meaning>> tables = new ArrayList<>();

    public static void main(String[] arguments) throws IOException {
        Merge merge = new Merge();
        for (String file : List.of(arguments).subList(2, arguments.length)) {
            String release = Path.of(file).getFileName().toString();
            merge.versions.add(release.replaceFirst("\\.\\d+\\.tsv$", ""));
            List<Declared> declared = Files.readAllLines(Path.of(file)).stream()
                    .skip(1).map(Declared::read).toList();
            merge.tables.add(oneRelease(declared));
        }
        for (String extra : arguments[1].split(",")) {
            for (String line : Files.readAllLines(Path.of(extra))) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    merge.add(line.split("\t", -1));
                }
            }
        }
        Files.write(Path.of(arguments[0]), merge.lines());
    }

    /** Every key of one release, whether an option or only read by one. */
    private static Map<String, Meaning> oneRelease(List<Declared> declared) {
        Map<String, List<Declared>> byKey = new TreeMap<>();
        for (Declared one : declared) {
            byKey.computeIfAbsent(Keys.written(one), key -> new ArrayList<>()).add(one);
        }
        Map<String, Declared> chosen = new TreeMap<>();
        byKey.forEach((key, all) -> chosen.put(key, Keys.chosen(all)));

        // Who reads a key beside its own option: as a deprecated key, or, where nobody does that, as
        // a fallback.
        Map<String, Set<String>> readers = new TreeMap<>();
        chosen.forEach((key, one) -> one.aliases().stream()
                .filter(alias -> !alias.startsWith("~") && !alias.equals(key))
                .forEach(alias -> readers.computeIfAbsent(alias, any -> new TreeSet<>()).add(key)));
        Map<String, Set<String>> fallbacks = new TreeMap<>();
        chosen.forEach((key, one) -> one.aliases().stream()
                .filter(alias -> alias.startsWith("~"))
                .map(alias -> alias.substring(1))
                .forEach(alias -> fallbacks.computeIfAbsent(alias, any -> new TreeSet<>()).add(key)));
        fallbacks.forEach(readers::putIfAbsent);

        Map<String, Meaning> table = new TreeMap<>();
        chosen.forEach((key, one) -> {
            boolean deprecated = one.deprecatedField() || one.deprecatedClass();
            Set<String> replacing = readers.getOrDefault(key, Set.of());
            String scope = Keys.scope(one);
            boolean read = byKey.get(key).stream().anyMatch(any -> !any.readers().equals("none"));
            if (!read && replacing.isEmpty() && scope.equals("config")) {
                scope = "unread";
            }
            table.put(key, new Meaning(
                    deprecated ? "deprecated" : "current",
                    one.kind().equals("other") ? "string" : one.kind(),
                    Keys.fallback(one, byKey.get(key)),
                    deprecated ? List.copyOf(replacing) : List.of(),
                    // One option names itself.
                    one.aliases().stream().filter(alias -> !alias.equals(key)).toList(),
                    one.names(),
                    scope));
        });
        readers.forEach((key, options) -> {
            if (!chosen.containsKey(key)) {
                Meaning first = table.get(options.iterator().next());
                table.put(key, new Meaning("alias", first.type, "-", List.copyOf(options),
                        List.of(), first.names, first.scope));
            }
        });
        return table;
    }

    /**
     * A row of the files beside this program: the columns of the table and one with the evidence.
     * With {@code *} for the state it says who reads declared options that Java code doesn't; the
     * key may then end with a {@code *} of its own.
     */
    private void add(String[] cells) {
        if (cells.length != 10) {
            throw new IllegalArgumentException(String.join("\t", cells));
        }
        for (String version : versions(cells[1])) {
            Map<String, Meaning> table = tables.get(versions.indexOf(version));
            if (cells[2].equals("*")) {
                boolean found = false;
                for (String key : List.copyOf(table.keySet())) {
                    boolean named = cells[0].endsWith("*")
                            ? key.startsWith(cells[0].substring(0, cells[0].length() - 1))
                            : key.equals(cells[0]);
                    if (named && table.get(key).scope.equals("unread")) {
                        found = true;
                        table.computeIfPresent(key, (any, meaning) -> meaning.in(cells[8]));
                    }
                }
                if (!found) {
                    throw new IllegalArgumentException(
                            cells[0] + " is not unread in " + version + ", it needs no line");
                }
            } else {
                Meaning meaning = new Meaning(cells[2], cells[3], cells[4],
                        Declared.items(cells[5]), Declared.items(cells[6]),
                        Declared.items(cells[7]), cells[8]);
                if (table.put(cells[0], meaning) != null) {
                    throw new IllegalArgumentException(
                            cells[0] + " is declared in " + version + ", it needs no line");
                }
            }
        }
    }

    /** The versions that {@code 1.13..1.20}, {@code 2.0..} or {@code 1.17} names. */
    private List<String> versions(String text) {
        String[] ends = text.split("\\.\\.", -1);
        int first = versions.indexOf(ends[0]);
        int last = ends.length == 1 ? first
                : ends[1].isEmpty() ? versions.size() - 1 : versions.indexOf(ends[1]);
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("versions " + text);
        }
        return versions.subList(first, last + 1);
    }

    private List<String> lines() {
        Set<String> keys = new TreeSet<>();
        tables.forEach(table -> keys.addAll(table.keySet()));
        List<String> lines = new ArrayList<>();
        lines.add(HEADER);
        for (String key : keys) {
            Map<Meaning, List<Integer>> meanings = new LinkedHashMap<>();
            for (int i = 0; i < tables.size(); i++) {
                Meaning meaning = tables.get(i).get(key);
                if (meaning != null) {
                    meanings.computeIfAbsent(meaning, any -> new ArrayList<>()).add(i);
                }
            }
            meanings.forEach((meaning, at) ->
                    lines.add(key + "\t" + ranges(at) + "\t" + meaning.write()));
        }
        return lines;
    }

    /** {@code 1.13..1.16,2.0..} for the positions of versions. */
    private String ranges(List<Integer> at) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < at.size(); ) {
            int end = i;
            while (end + 1 < at.size() && at.get(end + 1) == at.get(end) + 1) {
                end++;
            }
            String first = versions.get(at.get(i));
            boolean open = at.get(end) == versions.size() - 1;
            String last = open ? "" : versions.get(at.get(end));
            parts.add(i == end ? first : first + ".." + last);
            i = end + 1;
        }
        return String.join(",", parts);
    }
}
