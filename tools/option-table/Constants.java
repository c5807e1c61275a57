import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes which constants code uses for the options that a job may set: class and field, without package, and
 * the key. Where a later release gives the constant another key, that of the oldest counts: later releases
 * read it, too. A name that two classes have with different keys is left out.
 *
 * <p>Arguments: the table to write, and what {@link Scan} wrote for each release, oldest first.
 */
public final class Constants {
    /** Options of processes are no job's. */
    private static final List<String> OF_JOBS = List.of("execution.", "metrics.latency.", "parallelism.",
            "pipeline.", "python.", "restart-strategy", "state.", "table.");

    public static void main(String[] arguments) throws IOException {
        Map<String, String> keys = new TreeMap<>();
        Set<String> doubtful = new TreeSet<>();
        for (String file : Arrays.asList(arguments).subList(1, arguments.length)) {
            Map<String, String> own = new TreeMap<>();
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith("#")) {
                    continue;
                }
                Declared one = Declared.read(line);
                String name = one.owner().replaceAll(".*[.$]", "") + "." + one.field();
                if (OF_JOBS.stream().noneMatch(one.key()::startsWith) || one.field().isEmpty()) {
                    continue;
                }
                String before = own.put(name, one.key());
                if (before != null && !before.equals(one.key())) {
                    doubtful.add(name);
                }
            }
            own.forEach(keys::putIfAbsent);
        }
        keys.keySet().removeAll(doubtful);
        List<String> lines = new ArrayList<>();
        lines.add("# constant\tkey");
        keys.forEach((name, key) -> lines.add(name + "\t" + key));
        Files.write(Path.of(arguments[0]), lines);
    }
}
