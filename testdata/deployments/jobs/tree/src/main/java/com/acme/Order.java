package com.acme;
public class Order { private String id; }
