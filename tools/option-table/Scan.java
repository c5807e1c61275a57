import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.Enumeration;
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
 * Writes every {@code ConfigOption} of one Flink release, as its jars declare it.
 *
 * <p>Arguments: the folder with the jars, the file to write. The system property {@code
 * java.io.tmpdir} should be a path that no default holds by chance: a default that shows it depends
 * on the machine.
 */
public final class Scan {
    private static final String OPTION = "org.apache.flink.configuration.ConfigOption";
    private static final String TYPE = "L" + OPTION.replace('.', '/') + ";";

    /** A private copy of one YARN option, in a class that needs the SQL gateway, which isn't there. */
    private static final String NOT_LOADABLE =
            "org.apache.flink.table.client.gateway.SingleSessionManager";

    private final Map<String, ClassFile> classes = new TreeMap<>();
    private final Map<String, Set<String>> literals = new HashMap<>();
    private final List<URL> urls = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        // Some defaults are the key store type of the machine.
        Security.setProperty("keystore.type", "the-machine's");
        new Scan().run(Path.of(arguments[0]), Path.of(arguments[1]));
        // Flink may have started threads.
        System.exit(0);
    }

    private void run(Path jars, Path target) throws Exception {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(jars)) {
            found = walk.filter(path -> path.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : found) {
            index(jar);
        }
        Set<ClassFile.Member> read = membersRead();
        List<String> lines = new ArrayList<>();
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            Printer printer = new Printer(loader);
            for (ClassFile file : classes.values()) {
                if (file.fields.stream().anyMatch(field -> field.type().equals(TYPE))) {
                    scan(file.name.replace('/', '.'), loader, printer, read, lines);
                }
            }
        }
        lines.sort(null);
        lines.add(0, Declared.HEADER);
        Files.write(target, lines);
    }

    /** Notes the classes of a jar and of the jars inside of it. */
    private void index(Path jar) throws IOException {
        urls.add(jar.toUri().toURL());
        List<Path> nested = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                String name = entry.getName();
                if (name.endsWith(".jar")) {
                    Path copy = Files.createTempFile("nested", ".jar");
                    copy.toFile().deleteOnExit();
                    try (InputStream in = file.getInputStream(entry)) {
                        Files.write(copy, in.readAllBytes());
                    }
                    nested.add(copy);
                } else if (name.startsWith("org/apache/flink/") && name.endsWith(".class")) {
                    try (InputStream in = file.getInputStream(entry)) {
                        note(ClassFile.read(in.readAllBytes()));
                    }
                }
            }
        }
        for (Path inner : nested) {
            index(inner);
        }
    }

    private void note(ClassFile file) {
        if (classes.putIfAbsent(file.name, file) == null) {
            for (String text : file.literals) {
                if (text.length() < 150 && text.matches("[a-z_$][\\w.$-]*")) {
                    literals.computeIfAbsent(text, key -> new HashSet<>()).add(file.name);
                }
            }
        }
    }

    /** The fields that some code takes for more than the key of another option. */
    private Set<ClassFile.Member> membersRead() throws IOException {
        Set<ClassFile.Member> read = new HashSet<>();
        for (ClassFile file : classes.values()) {
            if (!file.mentions(TYPE)) {
                continue;
            }
            for (ClassFile.Use use : file.uses(TYPE)) {
                // Scala gives each field of an object an accessor and a static forwarder to it.
                boolean passedOn = use.method().equals(use.member().name());
                // Scala's objects fill their fields in the constructor.
                boolean initial = use.method().equals("<clinit>")
                        || use.method().equals("<init>") && file.name.endsWith("$");
                boolean onlyKey = use.next() != null && use.next().name().equals("key")
                        && use.next().type().equals("()Ljava/lang/String;");
                if (!passedOn && !(initial && onlyKey)) {
                    read.add(declared(use.member()));
                }
            }
        }
        return read;
    }

    /** The field behind a use: code may name it through a subclass, or through Scala's accessors. */
    private ClassFile.Member declared(ClassFile.Member member) {
        ClassFile file = classes.get(member.owner());
        if (file != null && !declares(file, member.name())) {
            ClassFile object = classes.get(member.owner() + "$");
            if (object != null && declares(object, member.name())) {
                file = object;
            } else {
                List<String> above = new ArrayList<>(file.interfaces);
                above.add(file.parent);
                for (String parent : above) {
                    ClassFile.Member found =
                            declared(new ClassFile.Member(parent, member.name(), TYPE));
                    if (found != null) {
                        return found;
                    }
                }
                return null;
            }
        }
        return file == null ? null : new ClassFile.Member(file.name, member.name(), TYPE);
    }

    private static boolean declares(ClassFile file, String field) {
        return file.fields.stream().anyMatch(own -> own.name().equals(field));
    }

    private void scan(String name, ClassLoader loader, Printer printer,
            Set<ClassFile.Member> read, List<String> lines) throws Exception {
        try {
            Class<?> type = Class.forName(name, false, loader);
            for (Field field : type.getDeclaredFields()) {
                if (!field.getType().getName().equals(OPTION)) {
                    continue;
                }
                Object owner = null;
                if (!Modifier.isStatic(field.getModifiers())) {
                    // Only Scala's objects hold options as instance fields.
                    if (!name.endsWith("$")) {
                        continue;
                    }
                    owner = type.getField("MODULE$").get(null);
                }
                field.setAccessible(true);
                Object option = field.get(owner);
                if (option != null) {
                    lines.add(line(type, field, option, printer, read));
                }
            }
        } catch (LinkageError | ReflectiveOperationException problem) {
            if (!name.equals(NOT_LOADABLE)) {
                throw new IllegalStateException(name, problem);
            }
        }
    }

    private String line(Class<?> type, Field field, Object option, Printer printer,
            Set<ClassFile.Member> read) throws Exception {
        String key = (String) call(option, "key");
        Class<?> value = (Class<?>) call(option, "getClazz");
        boolean list = (Boolean) call(option, "isList");
        Object fallback = call(option, "defaultValue");
        List<String> aliases = new ArrayList<>();
        for (Object alias : (Iterable<?>) call(option, "fallbackKeys")) {
            boolean deprecated = (Boolean) call(alias, "isDeprecated");
            aliases.add((deprecated ? "" : "~") + call(alias, "getKey"));
        }
        List<String> names = new ArrayList<>();
        if (value.isEnum()) {
            for (Object constant : value.getEnumConstants()) {
                names.add(constant.toString());
            }
        }
        String kind = value.isEnum() ? "enum" : Declared.KINDS.getOrDefault(value.getName(), "other");
        String owner = type.getName().replace('.', '/');
        // Some keys are read by their text. A class of options that takes the text declares the key
        // a second time, or names it as an old one: that reads nothing.
        Set<String> others = new TreeSet<>(literals.getOrDefault(key, Set.of()));
        others.removeIf(other -> other.equals(owner) || classes.get(other).mentions(TYPE)
                && other.endsWith("Options"));
        String readers = read.contains(new ClassFile.Member(owner, field.getName(), TYPE)) ? "field"
                : others.isEmpty() ? "none" : "text";
        return new Declared(
                        key,
                        type.getName().substring("org.apache.flink.".length()),
                        field.getName(),
                        list ? "list<" + kind + ">" : kind,
                        fallback == null ? null : printer.print(fallback),
                        aliases,
                        names,
                        annotation(field, "java.lang.Deprecated", null) != null,
                        annotation(type, "java.lang.Deprecated", null) != null,
                        suffix(field),
                        readers)
                .write();
    }

    /** The prefix below which an option is read, if it says so. */
    private static String suffix(Field field) throws ReflectiveOperationException {
        String name = "org.apache.flink.annotation.docs.Documentation$SuffixOption";
        Object value = annotation(field, name, "value");
        return value == null ? "" : value.toString();
    }

    /** An annotation, or what one of its members holds. */
    private static Object annotation(AnnotatedElement on, String name, String member)
            throws ReflectiveOperationException {
        for (Annotation found : on.getAnnotations()) {
            if (found.annotationType().getName().equals(name)) {
                return member == null ? found : call(found, member);
            }
        }
        return null;
    }

    static Object call(Object on, String name, Object... arguments)
            throws ReflectiveOperationException {
        for (Class<?> type = on.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name)
                        && method.getParameterCount() == arguments.length) {
                    method.setAccessible(true);
                    return method.invoke(on, arguments);
                }
            }
        }
        throw new NoSuchMethodException(on.getClass() + "." + name);
    }

    /** Prints defaults as the release prints them itself. */
    private static final class Printer {
        private final Method convert;
        private final String temporary = System.getProperty("java.io.tmpdir");

        Printer(ClassLoader loader) throws ReflectiveOperationException {
            Class<?> utils =
                    Class.forName("org.apache.flink.configuration.ConfigurationUtils", true, loader);
            Method found = null;
            for (Method method : utils.getDeclaredMethods()) {
                if (method.getName().equals("convertToString")) {
                    found = method;
                }
            }
            convert = found;
            convert.setAccessible(true);
        }

        String print(Object value) throws ReflectiveOperationException {
            // 1.19 and 1.20 write lists in either of two ways; theirs is the older one.
            Object printed = convert.getParameterCount() == 1
                    ? convert.invoke(null, value)
                    : convert.invoke(null, value, false);
            String text = (String) printed;
            return text.contains(temporary) || text.contains("the-machine's") ? "?" : text;
        }
    }
}
