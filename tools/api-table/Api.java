import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Writes which versions of Flink have which classes and methods, for those that not all have, or that
 * some call deprecated.
 *
 * <p>Arguments: the list of names, the file to write, and for each version {@code 1.13=FOLDER}, oldest
 * first.
 */
public final class Api {
    private static final String HEADER = "kind\towner\tname\tversions\tdeprecated";
    private static final Set<String> MARKS = Set.of("Public", "PublicEvolving", "Experimental");

    /** Where something is, and where it is deprecated: a bit for each version. */
    private static final class Row {
        int has;
        int deprecated;
    }

    private final List<String> versions = new ArrayList<>();
    private final Set<String> packages = new TreeSet<>();
    private final Set<String> without = new TreeSet<>();
    private final Set<String> named = new TreeSet<>();
    private final Set<String> owners = new TreeSet<>();
    private final Map<String, Row> classes = new TreeMap<>();
    private final Set<String> api = new HashSet<>();
    private final Map<String, Row> methods = new TreeMap<>();
    /** For an owner the owners above it. */
    private final Map<String, Set<String>> above = new TreeMap<>();

    public static void main(String[] arguments) throws IOException {
        Api made = new Api();
        made.names(Path.of(arguments[0]));
        for (int i = 2; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            made.read(parts[0], Path.of(parts[1]));
        }
        made.write(Path.of(arguments[1]));
    }

    private void names(Path path) throws IOException {
        for (String line : Files.readAllLines(path)) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "packages" -> packages.add(words[1]);
                case "not" -> without.add(words[1]);
                case "class" -> named.add(words[1]);
                case "methods" -> owners.add(words[1]);
                case "", "#" -> {}
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private void read(String version, Path folder) throws IOException {
        int bit = 1 << versions.size();
        versions.add(version);
        Map<String, ClassFile> all = new HashMap<>();
        List<Path> jars;
        try (Stream<Path> walk = Files.walk(folder)) {
            jars = walk.filter(path -> path.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                for (JarEntry entry : Collections.list(file.entries())) {
                    String name = entry.getName();
                    if (name.startsWith("org/apache/flink/") && name.endsWith(".class")
                            && !name.contains("/shaded/")) {
                        try (InputStream in = file.getInputStream(entry)) {
                            ClassFile read = ClassFile.read(in.readAllBytes());
                            all.putIfAbsent(read.name, read);
                        }
                    }
                }
            }
        }
        for (ClassFile file : all.values()) {
            note(file, all, bit);
        }
        for (String owner : owners) {
            Map<String, ClassFile.Method> found = new TreeMap<>();
            gather(owner, owner, all, found);
            found.forEach((signature, method) ->
                    mark(methods, owner + "\t" + signature, bit, method.annotations()));
        }
    }

    /** Notes a class that users may name: one of a listed package or class that is marked as such. */
    private void note(ClassFile file, Map<String, ClassFile> all, int bit) {
        if (!file.isPublic || file.name.matches(".*\\$(\\d.*|class)?")) {
            return;
        }
        for (String name = file.name; name != null; ) {
            ClassFile own = all.get(name);
            if (own != null && own.annotations.stream().anyMatch(MARKS::contains)
                    && isListed(name) || named.contains(name)) {
                api.add(file.name);
            }
            int outer = name.lastIndexOf('$');
            name = outer < 0 ? null : name.substring(0, outer);
        }
        mark(classes, file.name, bit, file.annotations);
    }

    private boolean isListed(String name) {
        return packages.stream().anyMatch(own -> name.startsWith(own + "."))
                && without.stream().noneMatch(name::startsWith);
    }

    private static void mark(Map<String, Row> rows, String name, int bit, Set<String> annotations) {
        Row row = rows.computeIfAbsent(name, key -> new Row());
        row.has |= bit;
        row.deprecated |= annotations.contains("Deprecated") ? bit : 0;
    }

    /** The methods that may be called on a class: its own, and what stands above it. */
    private void gather(String name, String owner, Map<String, ClassFile> all,
            Map<String, ClassFile.Method> found) {
        ClassFile file = all.get(name);
        if (file == null) {
            return;
        }
        if (owners.contains(name) && !name.equals(owner)) {
            above.computeIfAbsent(owner, key -> new TreeSet<>()).add(name);
        }
        for (ClassFile.Method method : file.methods) {
            boolean isOwn = name.equals(owner);
            if (method.isOpen() && !method.name().startsWith("<cl")
                    && (isOwn || !method.name().equals("<init>"))) {
                found.putIfAbsent(method.name() + "(" + method.takes() + ")", method);
            }
        }
        for (String parent : file.above) {
            gather(parent, owner, all, found);
        }
    }

    private void write(Path target) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(HEADER);
        classes.forEach((name, row) -> {
            int cut = name.lastIndexOf('.');
            int last = 1 << versions.size() - 1;
            boolean isYoung = (row.has & last) != 0 && row.deprecated == 0;
            if (api.contains(name) && (named.contains(name) || !isYoung)) {
                lines.add(line("class", name.substring(0, cut),
                        name.substring(cut + 1).replace('$', '.'), row));
            }
        });
        methods.forEach((name, row) -> {
            String[] parts = name.split("\t");
            // What a class that is gone could do says nothing.
            int owner = classes.containsKey(parts[0]) ? classes.get(parts[0]).has : everywhere();
            if (isWorthARow(row, owner) && !isInherited(parts[0], parts[1], row)) {
                lines.add(line("method", parts[0].replace('$', '.'), parts[1], row));
            }
        });
        above.forEach((owner, parents) -> parents.forEach(
                parent -> lines.add(String.join("\t", "extends", owner, parent, "", ""))));
        Files.write(target, lines);
    }

    /** Whether the row of a listed parent says the same. */
    private boolean isInherited(String owner, String signature, Row row) {
        return above.getOrDefault(owner, Set.of()).stream()
                .map(parent -> methods.get(parent + "\t" + signature))
                .anyMatch(other -> other != null
                        && other.has == row.has && other.deprecated == row.deprecated);
    }

    private int everywhere() {
        return (1 << versions.size()) - 1;
    }

    private static boolean isWorthARow(Row row, int all) {
        return row.has != all || row.deprecated != 0;
    }

    private String line(String kind, String owner, String name, Row row) {
        return String.join("\t", kind, owner, name, set(row.has), set(row.deprecated));
    }

    /** Versions as {@code 1.13..1.20,2.1..}. */
    private String set(int bits) {
        List<String> parts = new ArrayList<>();
        for (int first = 0; first < versions.size(); first++) {
            if ((bits >> first & 1) == 0) {
                continue;
            }
            int last = first;
            while (last + 1 < versions.size() && (bits >> (last + 1) & 1) == 1) {
                last++;
            }
            String from = versions.get(first);
            boolean isOpen = last == versions.size() - 1;
            parts.add(isOpen ? from + ".." : last == first ? from : from + ".." + versions.get(last));
            first = last;
        }
        return String.join(",", parts);
    }
}
