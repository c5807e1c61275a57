import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** What a class file says about fields, methods and texts, read without loading the class. */
final class ClassFile {
    /** A field or method that code names. */
    record Member(String owner, String name, String type) {}

    /** One place where code reads a field or calls a method: in which method, and what it takes next. */
    record Use(Member member, String method, Member next) {}

    String name;
    String parent;
    final List<String> interfaces = new ArrayList<>();
    /** The fields that the class declares; the owner is the class. */
    final List<Member> fields = new ArrayList<>();
    /** The texts that its code takes; a constant that only stands in the class isn't one. */
    final List<String> literals = new ArrayList<>();
    private final List<byte[]> codes = new ArrayList<>();
    private final List<String> codeOwners = new ArrayList<>();
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
                case 3, 4 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    i++;
                }
                case 7, 8, 16, 19, 20 -> pool[i] = new int[] {in.readUnsignedShort()};
                case 9, 10, 11, 12, 17, 18 ->
                    pool[i] = new int[] {in.readUnsignedShort(), in.readUnsignedShort()};
                case 15 -> {
                    in.readUnsignedByte();
                    in.readUnsignedShort();
                }
                default -> throw new IOException("constant pool tag " + tag);
            }
        }
        in.readUnsignedShort();
        name = className(in.readUnsignedShort());
        int parentIndex = in.readUnsignedShort();
        parent = parentIndex == 0 ? null : className(parentIndex);
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            interfaces.add(className(in.readUnsignedShort()));
        }
        members(in, false);
        members(in, true);
    }

    private void members(DataInputStream in, boolean methods) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.readUnsignedShort();
            String member = (String) pool[in.readUnsignedShort()];
            String type = (String) pool[in.readUnsignedShort()];
            if (!methods) {
                fields.add(new Member(name, member, type));
            }
            for (int more = in.readUnsignedShort(); more > 0; more--) {
                String attribute = (String) pool[in.readUnsignedShort()];
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                if (methods && attribute.equals("Code")) {
                    codes.add(bytes);
                    walk(bytes, 8, u4(bytes, 4), at -> literal(bytes, at));
                    codeOwners.add(member);
                }
            }
        }
    }

    private String className(int index) {
        return (String) pool[((int[]) pool[index])[0]];
    }

    private Member member(int index) {
        int[] reference = (int[]) pool[index];
        int[] pair = (int[]) pool[reference[1]];
        return new Member(className(reference[0]), (String) pool[pair[0]], (String) pool[pair[1]]);
    }

    /** Whether the pool holds a type, by itself or as what a method returns. */
    boolean mentions(String type) {
        for (Object entry : pool) {
            if (entry instanceof String text && text.endsWith(type)) {
                return true;
            }
        }
        return false;
    }

    /** Fields of a type that are read, and methods that are called to get one. */
    List<Use> uses(String type) throws IOException {
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < codes.size(); i++) {
            String owner = codeOwners.get(i);
            List<Integer> found = new ArrayList<>();
            byte[] code = codes.get(i);
            int length = u4(code, 4);
            walk(code, 8, length, at -> found.add(at));
            for (int k = 0; k < found.size(); k++) {
                Member member = used(code, found.get(k));
                if (member == null || !member.type.endsWith(type)) {
                    continue;
                }
                if (member.type.startsWith("(") && !member.type.equals("()" + type)) {
                    continue;
                }
                Member next = k + 1 < found.size() ? used(code, found.get(k + 1)) : null;
                uses.add(new Use(member, owner, next));
            }
        }
        return uses;
    }

    private void literal(byte[] code, int at) {
        int op = code[at] & 0xFF;
        if (op == 18 || op == 19) {
            // The tag isn't kept: a class name is noted as well, and is no key.
            int index = op == 18 ? code[at + 1] & 0xFF : u2(code, at + 1);
            if (pool[index] instanceof int[] entry && entry.length == 1
                    && pool[entry[0]] instanceof String text) {
                literals.add(text);
            }
        }
    }

    /** The member that the instruction at an offset reads or calls, if it does either. */
    private Member used(byte[] code, int at) {
        int op = code[at] & 0xFF;
        boolean reads = op == 178 || op == 180 || op >= 182 && op <= 185;
        return reads ? member(u2(code, at + 1)) : null;
    }

    /** Tells where each instruction starts. */
    private static void walk(byte[] code, int from, int length, IntConsumer out) {
        int at = from;
        int end = from + length;
        while (at < end) {
            out.accept(at);
            int op = code[at] & 0xFF;
            at += switch (op) {
                case 16, 18, 188 -> 2;
                case 17, 19, 20, 132 -> 3;
                case 185, 186, 200, 201 -> 5;
                case 197 -> 4;
                case 170, 171 -> {
                    int body = at + 4 - (at - from) % 4;
                    if (op == 170) {
                        int low = u4(code, body + 4);
                        int high = u4(code, body + 8);
                        yield body + 12 + 4 * (high - low + 1) - at;
                    }
                    yield body + 8 + 8 * u4(code, body + 4) - at;
                }
                case 196 -> (code[at + 1] & 0xFF) == 132 ? 6 : 4;
                default -> {
                    boolean local = op >= 21 && op <= 25 || op >= 54 && op <= 58 || op == 169;
                    boolean wide = op >= 153 && op <= 168 || op >= 178 && op <= 184
                            || op == 187 || op == 189 || op == 192 || op == 193
                            || op == 198 || op == 199;
                    yield local ? 2 : wide ? 3 : 1;
                }
            };
        }
    }

    private static int u2(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    private static int u4(byte[] bytes, int at) {
        return u2(bytes, at) << 16 | u2(bytes, at + 2);
    }
}
