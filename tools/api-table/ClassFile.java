import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a class file declares: itself, its methods and the annotations of both, read without loading it. */
final class ClassFile {
    /** A method with the types it takes, as a source names them without packages. */
    record Method(String name, String takes, boolean isOpen, Set<String> annotations) {}

    private static final int PUBLIC = 1;
    private static final int PRIVATE = 2;
    private static final int PROTECTED = 4;
    private static final int SYNTHETIC = 0x1000;

    String name;
    boolean isPublic;
    final List<String> above = new ArrayList<>();
    final Set<String> annotations = new HashSet<>();
    final List<Method> methods = new ArrayList<>();
    private Object[] pool;

    static ClassFile read(byte[] bytes) throws IOException {
        ClassFile file = new ClassFile();
        file.parse(new DataInputStream(new ByteArrayInputStream(bytes)));
        return file;
    }

    private void parse(DataInputStream in) throws IOException {
        in.readInt();
        in.readInt();
        int count = in.readUnsignedShort();
        pool = new Object[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> pool[i] = in.readUTF();
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    i++;
                }
                case 7, 8, 16, 19, 20 -> pool[i] = in.readUnsignedShort();
                case 15 -> in.skipBytes(3);
                default -> throw new IOException("constant pool tag " + tag);
            }
        }
        isPublic = (in.readUnsignedShort() & PUBLIC) != 0;
        name = className(in.readUnsignedShort());
        int parent = in.readUnsignedShort();
        if (parent != 0) {
            above.add(className(parent));
        }
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            above.add(className(in.readUnsignedShort()));
        }
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.skipBytes(6);
            attributes(in, new HashSet<>());
        }
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            int flags = in.readUnsignedShort();
            String own = (String) pool[in.readUnsignedShort()];
            String type = (String) pool[in.readUnsignedShort()];
            Set<String> found = new HashSet<>();
            attributes(in, found);
            boolean isOpen = (flags & (PUBLIC | PROTECTED)) != 0 && (flags & (PRIVATE | SYNTHETIC)) == 0;
            methods.add(new Method(own, takes(type), isOpen, found));
        }
        attributes(in, annotations);
    }

    private void attributes(DataInputStream in, Set<String> found) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            String attribute = (String) pool[in.readUnsignedShort()];
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            if (attribute.equals("Deprecated")) {
                found.add("Deprecated");
            } else if (attribute.startsWith("Runtime") && attribute.endsWith("visibleAnnotations")
                    && !attribute.contains("Type")
                    || attribute.equals("RuntimeVisibleAnnotations")) {
                DataInputStream own = new DataInputStream(new ByteArrayInputStream(bytes));
                for (int more = own.readUnsignedShort(); more > 0; more--) {
                    annotation(own, found);
                }
            }
        }
    }

    private void annotation(DataInputStream in, Set<String> found) throws IOException {
        String type = (String) pool[in.readUnsignedShort()];
        if (found != null) {
            found.add(type.substring(type.lastIndexOf('/') + 1, type.length() - 1));
        }
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.readUnsignedShort();
            value(in);
        }
    }

    private void value(DataInputStream in) throws IOException {
        switch (in.readUnsignedByte()) {
            case 'e' -> in.readInt();
            case '@' -> annotation(in, null);
            case '[' -> {
                for (int left = in.readUnsignedShort(); left > 0; left--) {
                    value(in);
                }
            }
            default -> in.readUnsignedShort();
        }
    }

    private String className(int index) {
        return ((String) pool[(Integer) pool[index]]).replace('/', '.');
    }

    /** {@code (J[Lorg/apache/flink/A$B;)V} as {@code long,A.B[]}. */
    private static String takes(String type) {
        List<String> all = new ArrayList<>();
        int at = 1;
        while (type.charAt(at) != ')') {
            int arrays = at;
            while (type.charAt(at) == '[') {
                at++;
            }
            arrays = at - arrays;
            String one;
            if (type.charAt(at) == 'L') {
                int end = type.indexOf(';', at);
                String path = type.substring(at + 1, end);
                one = path.substring(path.lastIndexOf('/') + 1).replace('$', '.');
                at = end + 1;
            } else {
                one = switch (type.charAt(at)) {
                    case 'B' -> "byte";
                    case 'C' -> "char";
                    case 'D' -> "double";
                    case 'F' -> "float";
                    case 'I' -> "int";
                    case 'J' -> "long";
                    case 'S' -> "short";
                    default -> "boolean";
                };
                at++;
            }
            all.add(one + "[]".repeat(arrays));
        }
        return String.join(",", all);
    }
}
