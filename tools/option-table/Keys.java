import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Which keys belong where: what the jars don't say of themselves, by package and class. */
final class Keys {
    /** Classes whose options are internal to Flink; the package prefix is left out. */
    private static final Pattern INTERNAL_CLASS = Pattern.compile(
            ".*(Internal|InternalConfigOptions)|(.*\\.)?(StreamConfig|ExecutionConfig)");

    private static final Pattern INTERNAL_KEY =
            Pattern.compile("(\\$internal\\.|internal\\.|__|hidden\\.|python\\.internal\\.).*");

    /** Classes whose options belong into {@code WITH (...)}, hints or arguments of SQL. */
    private static final Pattern TABLE_CLASS = Pattern.compile(
            "formats\\..*|table\\.formats\\..*|table\\.filesystem\\..*"
                    + "|connector\\.(file\\.table|datagen|print|base\\.table)\\..*"
                    + "|table\\.(factories|connector|sinks|utils\\.python|runtime\\.arrow|module)\\..*"
                    + "|table\\.catalog\\.(GenericInMemoryCatalogFactoryOptions|CommonCatalogOptions)"
                    + "|table\\..*HintOptions"
                    + "|table\\.api\\.config\\.(MLPredict|VectorSearch)RuntimeConfigOptions");

    /** Options of the classes above that stand in a configuration all the same. */
    private static final List<String> NOT_TABLE = List.of(
            "sql-gateway.endpoint.type", "workflow-scheduler.type", "table.catalog-store.kind");

    /** Where options of older releases are read, from the time before their fields said so. */
    private static final List<String[]> PREFIXES = List.of(
            new String[] {"metrics\\.(influxdb|prometheus|otel)\\..*", "metrics.reporter.<name>"},
            new String[] {"externalresource\\.gpu\\.GPUDriver",
                "external-resource.<resource_name>.param"},
            new String[] {"runtime\\.metrics\\.ReporterSetup", "metrics.reporter.<name>"},
            new String[] {"table\\.catalog\\.FileCatalogStoreFactoryOptions",
                "table.catalog-store.file"});

    private Keys() {}

    private static String prefix(Declared one) {
        if (!one.prefix().isEmpty()) {
            return one.prefix();
        }
        if (one.owner().equals("configuration.MetricOptions") && one.key().equals("class")) {
            return "metrics.reporter.<name>";
        }
        return PREFIXES.stream().filter(pair -> one.owner().matches(pair[0]))
                .map(pair -> pair[1]).findFirst().orElse("");
    }

    /** The key as it stands in a configuration. */
    static String written(Declared one) {
        String prefix = prefix(one);
        return prefix.isEmpty() || one.key().startsWith(prefix)
                ? one.key() : prefix + "." + one.key();
    }

    static String scope(Declared one) {
        if (INTERNAL_CLASS.matcher(one.owner()).matches()
                || INTERNAL_KEY.matcher(one.key()).matches()) {
            return "internal";
        }
        boolean table = one.key().contains("#") || TABLE_CLASS.matcher(one.owner()).matches();
        if (!prefix(one).isEmpty()) {
            return "suffix";
        }
        if (table && !NOT_TABLE.contains(one.key())) {
            return "table-option";
        }
        return one.key().contains("<") ? "family" : "config";
    }

    /** The declaration that counts where several have one key. */
    static Declared chosen(List<Declared> all) {
        return all.stream().min(Comparator
                .comparing((Declared one) -> switch (scope(one)) {
                    case "config", "suffix", "family" -> 0;
                    case "internal" -> 1;
                    default -> 2;
                })
                .thenComparing(Declared::deprecatedField)
                .thenComparing(Declared::deprecatedClass)).orElseThrow();
    }

    /** The default as the table shows it; {@code ?} where several readers of a key disagree. */
    static String fallback(Declared chosen, List<Declared> all) {
        boolean agreed = !scope(chosen).equals("suffix") || all.stream()
                .allMatch(other -> Objects.equals(other.fallback(), chosen.fallback()));
        return !agreed ? "?" : chosen.fallback() == null ? "-" : chosen.fallback();
    }
}
