package com.example.orders;

public class Order {
    public String shop;
    public long cents;
    public long time;
    private String note;

    public Order() {}

    public String getNote() {
        return note;
    }
}
